"""People who stay for long: whether anything grows that should not."""
