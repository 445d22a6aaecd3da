"""Reading JSON and YAML files strictly: every departure is a finding with its line."""
