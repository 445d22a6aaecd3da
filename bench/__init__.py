"""How well the tools themselves work: servers of known slowness and ratios to the possible."""
