"""The form of our access tokens (JWT, RFC 9068), agreed between who signs and who checks."""

from typing import Final

ALGORITHM: Final = "EdDSA"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105
AUDIENCE: Final = "meridian"
MAX_LIFE: Final = 600  # seconds; no access token lives longer
LEEWAY: Final = 2  # seconds that a token is taken after its end
SKEW: Final = 60  # seconds that the clock of who signs may be ahead of ours
# No longer one is believed. What a person may do is bound so that none that we sign is longer, even
# with a long address and a name of 64 letters that take twelve each.
LONGEST_TOKEN: Final = 7000
LONGEST_SCOPE: Final = 3000
