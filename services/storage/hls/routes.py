"""Operations for players: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.hls import handlers
from services.storage.hls.schemas import (
    HlsTicketSchema,
    HlsTicketWishSchema,
    PlaylistQuerySchema,
    SteeringQuerySchema,
    SteeringSchema,
)
from shared import errors
from shared.web.route import Route

UNHELD: Final = (
    errors.FOLDER_NOT_FOUND,
    errors.FOLDER_TRASHED,
    errors.FILE_NOT_FOUND,
    errors.NOT_STORED,
)
PLAYING: Final = (
    *UNHELD,
    errors.TICKET_EXPIRED,
    errors.NO_HEALTHY_REPLICA,
)

ROUTES: Final = (
    Route(
        "GET",
        "/folders/{id}/hls/steering.json",
        handlers.steering,
        handlers.HLS_TICKET,
        query=SteeringQuerySchema,
        answer=SteeringSchema,
        errors=PLAYING,
    ),
    Route(
        "GET",
        "/folders/{id}/hls/{playlist}",
        handlers.playlist,
        handlers.HLS_TICKET,
        query=PlaylistQuerySchema,
        answer=handlers.MEDIA_TYPE,
        errors=(*PLAYING, errors.BAD_PLAYLIST, errors.SEGMENT_MISSING),
    ),
    Route(
        "POST",
        "/folders/{id}/hls-ticket",
        handlers.ticket,
        handlers.PERMISSION,
        body=HlsTicketWishSchema,
        answer=HlsTicketSchema,
        errors=UNHELD,
    ),
)
