"""Operations on live: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.live import handlers
from shared.web.route import Route

ROUTES: Final = (Route("GET", "/live", handlers.follow, "files.view", answer="text/event-stream"),)
