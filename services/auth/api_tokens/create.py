"""A person makes an API token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from services.auth.api_tokens.api_tokens import find_unknown_permissions, insert_token
from services.auth.audit.actions import Action
from services.auth.sessions.proofs import hold_proven
from shared.errors import TOO_MANY_API_TOKENS, VALIDATION_FAILED, MeridianError
from shared.tokens.api_tokens import hash_token, new_token

if TYPE_CHECKING:
    from services.auth.api_tokens.api_tokens import ApiToken, NewToken
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from shared.web.identity import Identity

MOST_TOKENS: Final = 100


async def create_token(
    changes: Changes, actor: Actor, identity: Identity, new: NewToken
) -> tuple[ApiToken, str]:
    """Make a token; VALIDATION_FAILED for unknown scopes, PROOF_NEEDED, TOO_MANY_API_TOKENS.

    Returns what is stored, and the token itself, which nobody can find out later.
    """
    token = new_token()
    async with changes.by(actor) as change:
        await hold_proven(change.db, identity)
        unknown = await find_unknown_permissions(change.db, new.scopes)
        if unknown:
            raise MeridianError(
                VALIDATION_FAILED, errors={"scopes": [f"No such permission: {', '.join(unknown)}."]}
            )
        made = await insert_token(change.db, identity.user_id, new, hash_token(token), MOST_TOKENS)
        if made is None:
            detail = f"You have {MOST_TOKENS} API tokens; delete one that you do not use."
            raise MeridianError(TOO_MANY_API_TOKENS, detail, limit=MOST_TOKENS)
        change.record(Action.API_TOKEN_CREATED, made.id, after=texts(made))
    return made, token


def texts(token: ApiToken) -> dict[str, Any]:
    """Write a token for the audit."""
    expires_at = token.expires_at.isoformat() if token.expires_at else None
    return {"name": token.name, "scopes": token.scopes, "expires_at": expires_at}
