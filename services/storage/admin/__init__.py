"""Administration of what crosses the resources: replication, dead letters, consistency."""
