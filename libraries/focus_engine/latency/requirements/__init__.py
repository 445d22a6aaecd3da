"""Limits and where they come from: a case, thresholds.yaml, waivers."""
