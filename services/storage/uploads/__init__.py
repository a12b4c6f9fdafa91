"""Uploads: from the signed URL to the stored version."""
