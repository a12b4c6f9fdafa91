"""Where files are: uploads, downloads, names and the servers that hold them."""
