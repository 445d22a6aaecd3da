"""What operating systems give so that nothing outlives its run and two runs keep apart."""
