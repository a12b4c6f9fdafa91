"""File requests: others send files into a folder of mine."""
