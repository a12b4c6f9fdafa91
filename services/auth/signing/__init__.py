"""Signing keys and the access tokens they sign."""
