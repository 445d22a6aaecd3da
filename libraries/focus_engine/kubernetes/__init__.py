"""The Kubernetes objects that the Focus Server makes for its jobs."""
