"""Making a dependency unreachable on purpose: proven, bounded, undone."""
