"""Policies: how many copies there shall be of what, and in which zones."""
