"""The recorded data: what is seeded, how the Focus Server reads it, and its faults."""
