"""The parts of LoadLibrary."""
