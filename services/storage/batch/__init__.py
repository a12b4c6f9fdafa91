"""Batch: one action on many files and folders, with what became of each."""
