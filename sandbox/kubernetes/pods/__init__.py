"""What happens in a pod: commands, logs, and what its network does for them."""
