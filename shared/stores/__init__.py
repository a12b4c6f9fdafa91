"""S3 servers: one Store each, by ordinary S3 and nothing else."""
