"""What a provider says about itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from shared.errors import PROVIDER_UNAVAILABLE, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.auth.social.documents import Documents
    from services.auth.social.providers import Provider

WELL_KNOWN: Final = "/.well-known/openid-configuration"
# Signatures only: never a shared secret, never none.
ALGORITHMS: Final = frozenset(("RS256", "PS256", "ES256", "EdDSA"))
BASIC: Final = "client_secret_basic"
OWN_CLAIMS: Final = (
    "sub",
    "email",
    "email_verified",
    "preferred_username",
    "given_name",
    "family_name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Where to ask a provider for what; without `jwks_uri` it gives no ID tokens.

    `claims` are the names of what its user info says, by those of the standard.
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str | None = None
    userinfo_endpoint: str | None = None
    algorithms: frozenset[str] = frozenset(("RS256",))
    takes_basic: bool = True
    names_issuer: bool = False
    claims: Mapping[str, str] = field(
        default_factory=lambda: dict(zip(OWN_CLAIMS, OWN_CLAIMS, strict=True))
    )
    confirms_email: bool = False


async def find_metadata(documents: Documents, provider: Provider, *, allow_plain: bool) -> Metadata:
    """Ask a provider, or take what an operator said of it; PROVIDER_UNAVAILABLE."""
    told = provider.endpoints or await documents.read(f"{provider.issuer.rstrip('/')}{WELL_KNOWN}")
    try:
        if provider.endpoints is None:
            _require_standard(told, provider)
        return _read(told, allow_plain=allow_plain)
    except (LookupError, TypeError, ValueError) as error:
        raise MeridianError(PROVIDER_UNAVAILABLE, f"{provider.title}: {error}") from error


def _require_standard(told: Mapping[str, Any], provider: Provider) -> None:
    if told["issuer"] != provider.issuer:
        raise ValueError("it speaks for another issuer")
    if not told["jwks_uri"] or "claims" in told or "confirms_email" in told:
        raise ValueError("this is no document of OpenID Connect")


def _read(told: Mapping[str, Any], *, allow_plain: bool) -> Metadata:
    def address(name: str) -> str:
        return _check_address(told[name], allow_plain=allow_plain)

    known: dict[str, Any] = {
        name: address(name) for name in ("jwks_uri", "userinfo_endpoint") if told.get(name)
    }
    if "claims" in told:
        known["claims"] = dict(told["claims"])
    methods = told.get("token_endpoint_auth_methods_supported") or (BASIC,)
    algorithms = told.get("id_token_signing_alg_values_supported") or ("RS256",)
    return Metadata(
        authorization_endpoint=address("authorization_endpoint"),
        token_endpoint=address("token_endpoint"),
        algorithms=ALGORITHMS.intersection(algorithms),
        takes_basic=BASIC in methods,
        names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        confirms_email=told.get("confirms_email") is True,
        **known,
    )


def _check_address(url: object, *, allow_plain: bool) -> str:
    parts = urlsplit(str(url))
    schemes = {"https", "http"} if allow_plain else {"https"}
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{str(url)[:100]!r} is no address to send people or secrets to")
    return str(url)
