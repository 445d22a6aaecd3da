"""Doors for foreign data: a decoder per kind, bounded in bytes, depth and digits."""
