"""What a measurement sends and when: spec, plan, schedule."""
