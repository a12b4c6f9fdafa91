"""What handlers take from the application: one key each; app.py opens what is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from services.storage.cities.probe import Prober
    from services.storage.drops.make_drop import DropMaker
    from services.storage.events.doorbell import Doorbell
    from services.storage.events.news import NewsTeller
    from services.storage.history.journal import Journal
    from services.storage.hls.render import Renderer
    from services.storage.hooks.rate_limit import Hints
    from services.storage.links.make_link import LinkMaker
    from services.storage.live.feed import LiveFeed
    from services.storage.opening.open_link import LinkOpener
    from services.storage.receiving.receive import Receiver
    from services.storage.servers.fleet import Fleet
    from services.storage.settings import StorageSettings
    from shared.db import Pool

JOURNAL: Final[web.AppKey[Journal]] = web.AppKey("journal")
SETTINGS: Final[web.AppKey[StorageSettings]] = web.AppKey("settings")
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
FLEET: Final[web.AppKey[Fleet]] = web.AppKey("fleet")
DOORBELL: Final[web.AppKey[Doorbell]] = web.AppKey("doorbell")
NEWS: Final[web.AppKey[NewsTeller]] = web.AppKey("news")
FEED: Final[web.AppKey[LiveFeed]] = web.AppKey("feed")
HINTS: Final[web.AppKey[Hints]] = web.AppKey("hints")
LINK_MAKER: Final[web.AppKey[LinkMaker]] = web.AppKey("link_maker")
LINK_OPENER: Final[web.AppKey[LinkOpener]] = web.AppKey("link_opener")
DROP_MAKER: Final[web.AppKey[DropMaker]] = web.AppKey("drop_maker")
RECEIVER: Final[web.AppKey[Receiver]] = web.AppKey("receiver")
PUBLIC_URL: Final[web.AppKey[str]] = web.AppKey("public_url")
RENDERER: Final[web.AppKey[Renderer]] = web.AppKey("renderer")
PROBER: Final[web.AppKey[Prober]] = web.AppKey("prober")
