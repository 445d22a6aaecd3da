"""The ways to make a dependency unreachable. A new one is a module here and a name in `Backend`."""
