"""Benchmarks: what Meridian reaches on this machine, beside what the machine itself allows."""
