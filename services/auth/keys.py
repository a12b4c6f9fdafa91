"""What handlers take from the application: one key each; app.py opens what is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from services.auth.passwords.hashing import Passwords
    from services.auth.sessions.token_pairs import Mint
    from services.auth.settings import Settings
    from shared.db import Pool

SETTINGS: Final[web.AppKey[Settings]] = web.AppKey("settings")
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
PASSWORDS: Final[web.AppKey[Passwords]] = web.AppKey("passwords")
MINT: Final[web.AppKey[Mint]] = web.AppKey("mint")
