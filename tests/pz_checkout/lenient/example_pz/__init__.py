"""A stand-in for a checkout of PZ that trusts numpy, which accepts almost anything."""
