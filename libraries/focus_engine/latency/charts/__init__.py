"""Inline SVG and HTML tables for the log."""
