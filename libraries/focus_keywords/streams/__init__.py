"""Keywords about the gRPC streams of a job."""
