"""The rest of the family: who is there, and how it is asked."""
