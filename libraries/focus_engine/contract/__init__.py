"""The Focus Server's HTTP interface: what is sent, what comes back, and what it must be."""
