"""The gRPC streams of the jobs, served with h2: not with the library that will read them."""
