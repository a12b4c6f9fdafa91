"""What the auth service does with each request."""
