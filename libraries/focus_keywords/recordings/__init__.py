"""The parts of RecordingsLibrary."""
