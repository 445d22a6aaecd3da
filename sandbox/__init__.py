"""A faithful, strict and fault-injectable stand-in of the system under test.

It serves the Focus Server over HTTP, its MongoDB over the wire protocol and its Kubernetes API.
It imports nothing from `libraries/`: it must not share a bug with what it judges.
"""
