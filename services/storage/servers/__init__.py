"""S3 servers: which there are, what they can do, which is nearest."""
