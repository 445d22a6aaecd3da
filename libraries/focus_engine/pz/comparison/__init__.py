"""A configuration against another one, or against its reviewed state."""
