"""PZ's files as they are read: strictly, with the line of every value, and nothing executed."""
