"""Links: a file or a folder for whoever has the address."""
