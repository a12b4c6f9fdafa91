"""API tokens: what programs show instead of a person's session."""
