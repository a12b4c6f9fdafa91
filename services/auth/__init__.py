"""Who you are: accounts, sessions, tokens."""
