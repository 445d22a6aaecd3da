"""The network between the pods: policies, relays that obey them, and proxies with toxics."""
