"""What handlers take from the application: one key each; app.py opens what is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from examples.movies.family.storage import Storage
    from examples.movies.family.watch import Watch
    from shared.db import Pool

POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
STORAGE: Final[web.AppKey[Storage]] = web.AppKey("storage")
WATCH: Final[web.AppKey[Watch]] = web.AppKey("watch")
