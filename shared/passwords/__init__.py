"""Password hashes, made in a few threads that everybody gets a turn of."""
