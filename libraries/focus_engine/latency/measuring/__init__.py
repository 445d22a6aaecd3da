"""Running a measurement from the parent process, and what it found."""
