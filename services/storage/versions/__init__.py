"""Versions of a file: what it was before, and how to get back there."""
