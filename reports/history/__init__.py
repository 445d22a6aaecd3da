"""The history of runs: one line per run and endpoint, and a page that shows how they went."""
