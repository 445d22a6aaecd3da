"""Load and stress: what is sent, how much of it, and when."""
