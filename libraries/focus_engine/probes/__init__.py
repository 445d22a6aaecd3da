"""What the server under test does while a dependency is away, and what it does afterwards."""
