"""Cities that operators add, change, drain and remove while people work."""
