"""The two ceremonies of WebAuthn, as the library checks them: making a passkey, and using one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.auth.passkeys.challenges import LIFE_SECONDS
from services.auth.passkeys.passkeys import NewPasskey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from services.auth.passkeys.passkeys import Passkey
    from services.auth.passkeys.relying_party import RelyingParty
    from services.auth.signing.subject import Subject

# A credential as WebAuthn writes it in JSON.
Shape: TypeAlias = "Mapping[str, Any]"

SITE: Final = "Meridian"
TIMEOUT: Final = LIFE_SECONDS * 1000  # milliseconds
LONGEST_NAME: Final = 1023  # bytes of the id of a credential (WebAuthn Level 3, 7.1)
REQUIRED: Final = UserVerificationRequirement.REQUIRED
# Discoverable, so that nobody types a name; by finger, face or PIN, so that it is two factors.
SELECTION: Final = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
)


class BadCredential(Exception):
    """What the browser sent is not the answer of an authenticator to us."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser shows to sign in, not checked yet."""

    credential_id: bytes
    challenge: bytes
    user_handle: bytes | None


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a passkey that was checked; its count is still to be compared."""

    sign_count: int
    is_synced: bool


def creation_options(
    site: RelyingParty, subject: Subject, challenge: bytes, known: Iterable[Passkey]
) -> dict[str, Any]:
    """Write what a browser needs to make a passkey, on none of the authenticators that have one."""
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=SITE,
        user_id=subject.user_id.bytes,
        user_name=subject.username,
        challenge=challenge,
        timeout=TIMEOUT,
        authenticator_selection=SELECTION,
        exclude_credentials=[_describe(passkey) for passkey in known],
    )
    return options_to_json_dict(options)


def request_options(site: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """Write what a browser needs to use a passkey, whosever it is."""
    options = generate_authentication_options(
        rp_id=site.id, challenge=challenge, timeout=TIMEOUT, user_verification=REQUIRED
    )
    return options_to_json_dict(options)


def read_new(credential: Shape) -> bytes:
    """Return the challenge that a new passkey answers; BadCredential."""
    try:
        parsed = parse_registration_credential_json(dict(credential))
        return parse_client_data_json(parsed.response.client_data_json).challenge
    except Exception as error:  # it lets through whatever a strange text leads to
        raise BadCredential(str(error)) from error


def check_new(site: RelyingParty, credential: Shape, challenge: bytes) -> NewPasskey:
    """Check a new passkey; BadCredential."""
    try:
        parsed = parse_registration_credential_json(dict(credential))
        made = verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise BadCredential(str(error)) from error
    if not 0 < len(made.credential_id) <= LONGEST_NAME:
        raise BadCredential(f"its id must have 1 to {LONGEST_NAME} bytes")
    return NewPasskey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[transport.value for transport in parsed.response.transports or ()],
        is_synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def read_shown(credential: Shape) -> Shown:
    """Read what a browser shows; BadCredential."""
    try:
        parsed = parse_authentication_credential_json(dict(credential))
        client_data = parse_client_data_json(parsed.response.client_data_json)
    except Exception as error:
        raise BadCredential(str(error)) from error
    return Shown(parsed.raw_id, client_data.challenge, parsed.response.user_handle)


def check_use(site: RelyingParty, credential: Shape, passkey: Passkey, challenge: bytes) -> Use:
    """Check that a passkey signed a challenge for this site; BadCredential."""
    try:
        used = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            # The count is compared where it is stored: two uses at once must not both be right.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:
        raise BadCredential(str(error)) from error
    is_synced = used.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    return Use(used.new_sign_count, is_synced)


def _describe(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports)
