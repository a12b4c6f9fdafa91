"""The key document (JWKS, RFC 7517; Ed25519 keys, RFC 8037)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class KeySchema(Schema):
    """A public key."""

    kty = fields.String(required=True, validate=validate.Equal("OKP"))
    crv = fields.String(required=True, validate=validate.Equal("Ed25519"))
    x = fields.String(required=True, metadata={"description": "the key, base64url"})
    kid = fields.String(required=True)
    use = fields.String(required=True, validate=validate.Equal("sig"))
    alg = fields.String(required=True, validate=validate.Equal("EdDSA"))


class KeysSchema(Schema):
    """All keys that may have signed a token that still lives."""

    keys = fields.List(fields.Nested(KeySchema), required=True)
