"""Reads and judges what the files of variables/ declare beside settings."""
