"""Social login: sign in with an account of another site (OpenID Connect)."""
