"""Every operation of the auth service."""

from __future__ import annotations

from typing import Final

from services.auth.accounts.routes import ROUTES as ACCOUNTS
from services.auth.api_tokens.routes import ROUTES as API_TOKENS
from services.auth.audit.routes import ROUTES as AUDIT
from services.auth.confirmations.routes import ROUTES as CONFIRMATIONS
from services.auth.deletion.routes import ROUTES as DELETION
from services.auth.directory.routes import ROUTES as DIRECTORY
from services.auth.invitations.routes import ROUTES as INVITATIONS
from services.auth.logins.routes import ROUTES as LOGINS
from services.auth.passkeys.routes import ROUTES as PASSKEYS
from services.auth.passwords.routes import ROUTES as PASSWORDS
from services.auth.people.routes import ROUTES as PEOPLE
from services.auth.permissions.routes import ROUTES as PERMISSIONS
from services.auth.resets.routes import ROUTES as RESETS
from services.auth.roles.routes import ROUTES as ROLES
from services.auth.second_factor.routes import ROUTES as SECOND_FACTORS
from services.auth.sessions.routes import ROUTES as SESSIONS
from services.auth.signing.routes import ROUTES as SIGNING
from services.auth.social.routes import ROUTES as SOCIAL

ROUTES: Final = (
    *ACCOUNTS,
    *API_TOKENS,
    *AUDIT,
    *CONFIRMATIONS,
    *DELETION,
    *DIRECTORY,
    *INVITATIONS,
    *LOGINS,
    *PASSKEYS,
    *PASSWORDS,
    *PEOPLE,
    *PERMISSIONS,
    *RESETS,
    *ROLES,
    *SECOND_FACTORS,
    *SESSIONS,
    *SIGNING,
    *SOCIAL,
)
