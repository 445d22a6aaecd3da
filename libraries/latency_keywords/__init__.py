"""The parts of LatencyLibrary."""
