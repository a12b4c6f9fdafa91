"""A person makes an API token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.api_tokens.api_tokens import find_unknown_permissions, insert_token
from services.auth.sessions.proofs import require_proof
from shared.errors import TOO_MANY_API_TOKENS, VALIDATION_FAILED, MeridianError
from shared.tokens.api_tokens import hash_token, new_token

if TYPE_CHECKING:
    from services.auth.api_tokens.api_tokens import ApiToken, NewToken
    from shared.db import Pool
    from shared.web.identity import Identity

MOST_TOKENS: Final = 100


async def create_token(db: Pool, identity: Identity, new: NewToken) -> tuple[ApiToken, str]:
    """Make a token; VALIDATION_FAILED for unknown scopes, PROOF_NEEDED, TOO_MANY_API_TOKENS.

    Returns what is stored, and the token itself, which nobody can find out later.
    """
    await require_proof(db, identity.session_id)
    unknown = await find_unknown_permissions(db, new.scopes)
    if unknown:
        raise MeridianError(
            VALIDATION_FAILED, errors={"scopes": [f"No such permission: {', '.join(unknown)}."]}
        )
    token = new_token()
    made = await insert_token(db, identity.user_id, new, hash_token(token), MOST_TOKENS)
    if made is None:
        raise MeridianError(
            TOO_MANY_API_TOKENS,
            f"You have {MOST_TOKENS} API tokens; delete one that you do not use.",
            limit=MOST_TOKENS,
        )
    return made, token
