"""The Focus Server: its HTTP endpoints, its rules and the numbers it answers."""
