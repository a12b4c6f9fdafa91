"""What the replicator reads and writes in the catalog."""
