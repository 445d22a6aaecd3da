"""What the Focus Server refuses, by contract, and the faults of refusing."""
