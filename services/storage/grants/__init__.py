"""Grants: files and folders that people share with others by name."""
