"""Statistics of an array, and the check of a summary against them."""
