"""Samples as arrays, and what may be concluded from them."""
