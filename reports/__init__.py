"""Pages for people: the documentation site and the history of runs. Runs in the project's venv."""
