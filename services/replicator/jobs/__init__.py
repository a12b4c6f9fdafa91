"""Work that repeats in time."""
