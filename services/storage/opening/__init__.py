"""What somebody without an account does with a link."""
