"""Finding other people, to share something with them."""
