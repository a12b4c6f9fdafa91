"""What can be asked of replication from the command line: one command a file."""
