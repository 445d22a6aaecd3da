"""`focus.py cluster`: a real Kubernetes control plane on this machine, without containers."""
