"""What an outage is about, as the cluster says it is; nothing is changed by looking."""
