"""Webhooks of S3 servers: hints that an object arrived."""
