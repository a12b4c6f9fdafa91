"""Passkeys: sign in without a password (WebAuthn, https://www.w3.org/TR/webauthn-3/)."""
