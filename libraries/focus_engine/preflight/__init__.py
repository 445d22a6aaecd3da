"""Judges a run's inputs before anything is executed."""
