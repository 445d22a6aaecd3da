"""Faults of the Focus Server, by what they concern."""
