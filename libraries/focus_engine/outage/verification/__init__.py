"""How an outage is proven: probes from inside the client's pods, and what they must show."""
