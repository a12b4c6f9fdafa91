"""What a credential of WebAuthn looks like in JSON, for the API document; a library reads it."""

from __future__ import annotations

MOST_FIELDS = 20
BYTES = {"type": "string", "description": "base64url", "pattern": "^[A-Za-z0-9_-]*$"}
SHAPE = {
    "description": "what `navigator.credentials` gave, by its `toJSON()`",
    "properties": {
        "id": BYTES,
        "rawId": BYTES,
        "type": {"type": "string", "enum": ["public-key"]},
        "response": {"type": "object", "additionalProperties": BYTES},
    },
    "additionalProperties": {"type": "boolean"},
}
