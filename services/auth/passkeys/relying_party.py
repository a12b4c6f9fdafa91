"""Whom passkeys are for: the site, by the name in its address."""

from __future__ import annotations

from dataclasses import dataclass

from yarl import URL

from shared.addresses import read_address
from shared.errors import PASSKEYS_UNAVAILABLE, MeridianError


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site as browsers know it: its name, and the origin of its pages."""

    id: str
    origin: str


def find_relying_party(public_url: str) -> RelyingParty | None:
    """Name the site; None where browsers offer no passkeys.

    They want HTTPS, but for localhost, and never take an IP address.
    """
    url = URL(public_url)
    host = url.raw_host or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_address(host) or not (url.scheme == "https" or is_local):
        return None
    return RelyingParty(id=host, origin=str(url.origin()))


def require_site(site: RelyingParty | None) -> RelyingParty:
    """Return the site; PASSKEYS_UNAVAILABLE where there is none for passkeys."""
    if site is None:
        detail = "The address of this site must be a name, and HTTPS."
        raise MeridianError(PASSKEYS_UNAVAILABLE, detail)
    return site


def _is_address(host: str) -> bool:
    try:
        read_address(host)
    except ValueError:
        return False
    return True
