"""In which lanes an attempt is counted; see docs/decisions/0011-throttling.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import sign_in_key
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.credentials import Credentials
    from services.auth.sessions.sessions import Device
    from shared.web.identity import Identity

HOUR: Final = 3600

# All the strangers who try one account, from wherever: some two dozen guesses in the first hour.
ACCOUNT: Final = Rule(free=5, at_once=16, first=1, longest=300, forget=HOUR)
# All that comes from one address, to whatever accounts: an office has many people.
ADDRESS: Final = Rule(free=20, at_once=64, first=1, longest=60, forget=HOUR)
# People whom somebody looks up and who are not there.
LOOK_UP: Final = Rule(free=30, at_once=16, first=1, longest=60, forget=HOUR)
# A device or a place from where this person has signed in before.
KNOWN: Final = Rule(free=10, at_once=64, first=1, longest=60, forget=HOUR)
# Codes of strangers who know the password: 30 a day, and a code in a million fits.
CODE: Final = Rule(free=5, at_once=1, first=2, longest=HOUR, forget=24 * HOUR)

# Letters to one address.
LETTER: Final = Rule(free=5, at_once=4, first=60, longest=HOUR, forget=HOUR)
# Letters that one person has sent, to whatever addresses.
SENDER: Final = Rule(free=10, at_once=4, first=60, longest=HOUR, forget=HOUR)
# Letters that people at one address have sent: a class registers within minutes.
SENDERS: Final = Rule(free=300, at_once=64, first=1, longest=60, forget=HOUR)

OPERATOR: Final = Lane("operator", "", KNOWN, is_trusted=True)


def sign_in_lanes(name: str, found: Credentials | None, device: Device) -> tuple[Lane, ...]:
    """Give the owner's devices and places lanes of their own; strangers share theirs.

    Strangers are counted by the name they typed, whether somebody has it or not.
    """
    known = _known_lanes("", found, device) if found else ()
    if known:
        return known
    network = str(network_of(device.ip))
    return Lane("address", network, ADDRESS), Lane("account", sign_in_key(name), ACCOUNT)


def code_lanes(found: Credentials, device: Device) -> tuple[Lane, ...]:
    """Count the codes that come after a right password: a million of them are soon tried."""
    return _known_lanes("code_", found, device) or (Lane("code", str(found.subject.user_id), CODE),)


def session_lanes(identity: Identity) -> tuple[Lane, ...]:
    """Count what is tried within one session, such as its owner's password."""
    return (_trusted("session", str(identity.session_id), ACCOUNT, identity.user_id),)


def look_up_lanes(user_id: UUID) -> tuple[Lane, ...]:
    """Count the people that somebody looks up and who are not there."""
    return (_trusted("look_up", str(user_id), LOOK_UP, user_id),)


def letter_lanes(email_key: str, user_id: UUID, device: Device | None) -> tuple[Lane, ...]:
    """Count the letters that go to one address, and those that a person or a place has sent.

    Administrators, who are named in the audit, write to many: they come without a device.
    """
    to_one = Lane("letter", email_key, LETTER)
    if device is None:
        return (to_one,)
    network = str(network_of(device.ip))
    return to_one, Lane("sender", str(user_id), SENDER), Lane("senders", network, SENDERS)


def address_lanes(kind: str, device: Device) -> tuple[Lane, ...]:
    """Count what is tried from one address, such as names that are taken."""
    return (Lane(kind, str(network_of(device.ip)), ADDRESS),)


def secret_lanes(kind: str, device: Device) -> tuple[Lane, ...]:
    """Count what nobody can guess, such as a signature or the token of a link.

    A known device has a lane of its own, so that nobody who shares its address shuts it out.
    """
    known = device.known
    if known is None:
        return address_lanes(kind, device)
    return (_trusted(f"{kind}_device", f"{known.user_id} {known.id}", KNOWN, known.user_id),)


def _known_lanes(kind: str, found: Credentials, device: Device) -> tuple[Lane, ...]:
    user_id, known = found.subject.user_id, device.known
    if known and known.user_id == user_id and not found.is_lost_device:
        return (_trusted(f"{kind}device", f"{user_id} {known.id}", KNOWN, user_id),)
    if found.is_known_place:
        place = f"{user_id} {network_of(device.ip)}"
        return (_trusted(f"{kind}place", place, KNOWN, user_id),)
    return ()


def _trusted(kind: str, key: str, rule: Rule, user_id: UUID) -> Lane:
    return Lane(kind, key, rule, is_trusted=True, owner=str(user_id))
