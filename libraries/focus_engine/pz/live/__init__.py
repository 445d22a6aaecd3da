"""Did the running server take the configuration? Six claims, each proven on its own."""
