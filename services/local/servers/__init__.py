"""The programs that the local stack starts."""
