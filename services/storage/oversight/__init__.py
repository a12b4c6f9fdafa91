"""What administrators see and allow of links and file requests."""
