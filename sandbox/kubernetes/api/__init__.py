"""The HTTP edge of the Kubernetes API: who asks, what is asked, and the answer."""
