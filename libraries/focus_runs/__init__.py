"""What a run needs of Robot Framework and pabot: the plan, its execution, and the report."""
