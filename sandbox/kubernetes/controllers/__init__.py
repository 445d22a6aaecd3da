"""What changes objects by itself: Jobs, pods, EndpointSlices, the garbage collector."""
