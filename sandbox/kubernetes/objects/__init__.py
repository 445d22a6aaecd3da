"""Objects of the cluster: their store, and what happens between a request and it."""
