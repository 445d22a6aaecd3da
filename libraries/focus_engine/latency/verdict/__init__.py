"""PASS, FAIL, UNDETERMINED or ERROR from decisions and how the run went."""
