"""Playing: where the bytes of a film are, for one viewer."""
