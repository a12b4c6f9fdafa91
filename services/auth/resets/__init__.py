"""Links by which somebody takes a new password, once."""
