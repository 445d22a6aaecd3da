"""The gRPC streams of the jobs, served with h2: independent of the client library that reads them."""
