"""What runs in the cluster: the Focus Server, its jobs, and what was there before."""
