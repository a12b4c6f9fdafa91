"""What exists and where: the tables that storage and the replicator both speak."""
