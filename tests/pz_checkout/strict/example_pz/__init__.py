"""A stand-in for a checkout of PZ whose own checks are as strict as ours."""
