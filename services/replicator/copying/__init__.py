"""Copying a version from one server to another."""
