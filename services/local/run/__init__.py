"""One run of the local stack."""
