"""Operations on invitations: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.invitations import handlers
from services.auth.invitations.schemas import (
    InvitationSchema,
    MadeInvitationSchema,
    NewInvitationSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

CHANGE: Final = "users.change"

ROUTES: Final = (
    Route(
        "GET",
        "/invitations",
        handlers.list_invitations,
        CHANGE,
        query=PageQuery,
        answer=page_of(InvitationSchema),
    ),
    Route(
        "POST",
        "/invitations",
        handlers.invite,
        CHANGE,
        body=NewInvitationSchema,
        answer=MadeInvitationSchema,
        status=201,
        errors=(errors.TOO_MANY_PERMISSIONS,),
        idempotent=True,
    ),
    Route(
        "DELETE",
        "/invitations/{id}",
        handlers.take_back,
        CHANGE,
        status=204,
        errors=(errors.INVITATION_NOT_FOUND,),
    ),
)
