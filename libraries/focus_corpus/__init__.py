"""Valid messages, and one mutation for every code: what shows that the checks see and are quiet."""
