"""The part of the Kubernetes API that the real Python client needs here, over HTTP."""
