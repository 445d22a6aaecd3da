"""What an array message claims about its data, and whether the data keeps the claim."""
