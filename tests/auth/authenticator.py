"""An authenticator in software: makes and uses passkeys, honestly or as a test wants it."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cbor2
import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn.helpers import bytes_to_base64url

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "https://meridian.example"
PRESENT, VERIFIED, SYNCABLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
HONEST = PRESENT | VERIFIED

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def size_of(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


KINDS: dict[str, Callable[[], Key]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "eddsa": ed25519.Ed25519PrivateKey.generate,
    "rs256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
}


def cose_of(key: Key) -> bytes:
    """The public key as WebAuthn writes it (RFC 9053)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
    numbers = key.public_key().public_numbers()
    return cbor2.dumps({1: 3, 3: -257, -1: size_of(numbers.n), -2: size_of(numbers.e)})


def sign(key: Key, message: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


@dataclass(slots=True)
class Authenticator:
    """One device with one passkey; the fields are what it, or a liar in its place, says."""

    kind: str = "es256"
    origin: str = ORIGIN
    flags: int = HONEST
    count: int = 0
    counts: bool = True
    rp_id: str | None = None
    user_handle: str | None = None
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.key = KINDS[self.kind]()

    def create(self, options: dict[str, Any], **client: Any) -> dict[str, Any]:
        """Make a passkey, as `navigator.credentials.create` does."""
        self.user_handle = options["user"]["id"]
        data = self._client_data("webauthn.create", options["challenge"], client)
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + cose_of(self.key)
        auth_data = self._auth_data(options["rp"]["id"], ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": auth_data}
        return self._shape(
            clientDataJSON=data,
            attestationObject=cbor2.dumps(statement),
            transports=["internal", "hybrid"],
        )

    def get(self, options: dict[str, Any], **client: Any) -> dict[str, Any]:
        """Use the passkey, as `navigator.credentials.get` does."""
        self.count += self.counts
        data = self._client_data("webauthn.get", options["challenge"], client)
        auth_data = self._auth_data(options["rpId"])
        signature = sign(self.key, auth_data + hashlib.sha256(data).digest())
        handle = unpadded(self.user_handle) if self.user_handle else None
        return self._shape(
            clientDataJSON=data,
            authenticatorData=auth_data,
            signature=signature,
            **({"userHandle": handle} if handle else {}),
        )

    def _client_data(self, kind: str, challenge: str, client: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return orjson.dumps(told | client)

    def _auth_data(self, rp_id: str, more: int = 0) -> bytes:
        site = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return site + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _shape(self, **response: Any) -> dict[str, Any]:
        texts = {
            name: bytes_to_base64url(part) if isinstance(part, bytes) else part
            for name, part in response.items()
        }
        name = bytes_to_base64url(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": texts,
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        }
