"""What every check has in common: its findings, its report, and the one table in the log."""
