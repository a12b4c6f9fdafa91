"""The trash: files and folders that people threw away, for as long as they may want them back."""
