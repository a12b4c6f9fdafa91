"""Addresses: a letter with a link shows that a person reads the mail of one."""
