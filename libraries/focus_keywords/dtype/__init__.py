"""The parts of DtypeLibrary."""
