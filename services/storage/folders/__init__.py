"""Folders: made, renamed, moved, put into the trash and taken out again, deleted for ever."""
