"""Asks storage on behalf of a viewer: with the account of this service, from the viewer's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog

from examples.movies.errors import FILM_NOT_STORED, STORAGE_UNAVAILABLE
from shared.errors import NO_HEALTHY_REPLICA, MeridianError
from shared.outbound import OutboundError, ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import aiohttp

    from examples.movies.family.account import Account
    from examples.movies.family.watch import Watch
    from shared.outbound import Answer

NAME: Final = "storage"
RETRY_SECONDS: Final = 2
ALTERNATES: Final = 5
FIRST_REFUSAL: Final = 400
NOT_SIGNED_IN: Final = 401
MISSING: Final = frozenset((404, 409))

Said: TypeAlias = dict[str, Any]

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Storage:
    """Storage at `url`, which ends with `/storage/api/v1`."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, account: Account, watch: Watch
    ) -> None:
        self._session = session
        self._url = url
        self._account = account
        self._watch = watch

    async def link(self, file_id: UUID, place: Mapping[str, str]) -> Said:
        """Links to a file that show it where it lies; FILM_NOT_STORED, STORAGE_UNAVAILABLE."""
        query = f"inline=true&alternates={ALTERNATES}"
        return await self._ask("GET", f"/files/{file_id}/download?{query}", place)

    async def ticket(self, folder_id: UUID, playlist: str, place: Mapping[str, str]) -> Said:
        """An address of a playlist for any player; FILM_NOT_STORED, STORAGE_UNAVAILABLE."""
        wanted = {"playlist": playlist}
        return await self._ask("POST", f"/folders/{folder_id}/hls-ticket", place, wanted)

    async def holds(self, file_id: UUID | None, folder_id: UUID | None) -> bool:
        """Whether this service may see a file and a folder; STORAGE_UNAVAILABLE."""
        wanted = {"files": file_id, "folders": folder_id}
        try:
            for kind, thing in wanted.items():
                if thing is not None:
                    await self._ask("GET", f"/{kind}/{thing}", {})
        except MeridianError as error:
            if error.problem is FILM_NOT_STORED:
                return False
            raise
        return True

    async def _ask(
        self, method: str, path: str, place: Mapping[str, str], payload: object = None
    ) -> Said:
        headers = {"Authorization": f"Bearer {self._account.token()}", **place}
        try:
            answer = await ask(
                self._session, method, f"{self._url}{path}", headers=headers, payload=payload
            )
        except OutboundError as error:
            log.warning("storage.unavailable", error=repr(error))
            self._watch.note(NAME, answers=False)
            raise MeridianError(STORAGE_UNAVAILABLE, retry_after=RETRY_SECONDS) from error
        return self._read(answer)

    def _read(self, answer: Answer) -> Said:
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status in MISSING:
            raise MeridianError(FILM_NOT_STORED)
        if body.get("code") == NO_HEALTHY_REPLICA.code:
            raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)
        if answer.status == NOT_SIGNED_IN:
            self._account.drop()
        if answer.status >= FIRST_REFUSAL or not body:
            log.warning("storage.refused", status=answer.status, code=body.get("code"))
            raise MeridianError(STORAGE_UNAVAILABLE, retry_after=RETRY_SECONDS)
        return body
