"""Files: names, folders, versions and who may touch them."""
