"""What the listener knows of a run: whose fault a failure is, what was skipped or not checked."""
