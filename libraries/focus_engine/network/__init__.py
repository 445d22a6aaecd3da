"""Addresses, credentials and bounded HTTP, below every client."""
