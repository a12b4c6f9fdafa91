"""The whole product, once for all of them: it ends when the last of them has ended."""
