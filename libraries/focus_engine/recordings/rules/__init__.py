"""What recordings must satisfy, a module for each kind of rule; `judge` has them all."""
