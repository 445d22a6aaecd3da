"""Metadata of recordings: its message, the chain of layers, and the rules of a table."""
