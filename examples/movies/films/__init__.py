"""Films: found, added, changed, taken away."""
