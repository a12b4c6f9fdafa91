"""The load test: people all over the world who use a running stack."""
