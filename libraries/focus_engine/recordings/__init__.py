"""The recordings of a Focus Server as its MongoDB holds them; read, never written."""
