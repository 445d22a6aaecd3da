"""What each ticket and each item of the improvement plan came to in the last run."""
