"""HTTP of the sandbox: servers, what stands before them, and the record of requests."""
