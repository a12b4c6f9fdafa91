"""What a process remembers of sessions that ended and rights that changed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from shared.tokens.notices import EVERYBODY, Kind, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Revoked:
    """Notices that still concern a living token or ticket; asked with every request."""

    def __init__(self) -> None:
        self._notices: dict[tuple[Kind, str], Notice] = {}
        self._sessions: set[UUID] = set()
        self._rights: dict[UUID, int] = {}
        self._rights_of_all = 0
        self._on_dropped_key: list[Callable[[str], None]] = []
        self._watchers: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    def holds(self, session_id: UUID) -> bool:
        """Tell whether tokens of this session, or this API token, are to be refused."""
        return session_id in self._sessions

    def rights_of(self, user_id: UUID) -> int:
        """Return the version of rights below which tokens of a user are out of date."""
        return max(self._rights.get(user_id, 0), self._rights_of_all)

    @contextmanager
    def watch(self, session_id: UUID, user_id: UUID) -> Iterator[asyncio.Event]:
        """Offer what is set once this session ended or the rights of this user changed."""
        noted = asyncio.Event()
        for watched in (session_id, user_id):
            self._watchers[watched].add(noted)
        try:
            yield noted
        finally:
            for watched in (session_id, user_id):
                self._watchers[watched].discard(noted)
                if not self._watchers[watched]:
                    del self._watchers[watched]

    def call_on_dropped_key(self, call: Callable[[str], None]) -> None:
        """Call with the id of every key that is no longer to be believed."""
        self._on_dropped_key.append(call)
        for kind, key_id in self._notices:
            if kind is Kind.KEY:
                call(key_id)

    def knows(self, notice: Notice) -> bool:
        """Tell whether nothing new is in a notice."""
        known = self._notices.get((notice.kind, notice.id))
        return known is not None and known.version >= notice.version

    def note(self, notice: Notice) -> None:
        """Remember a notice; ValueError for one that makes no sense."""
        if self.knows(notice) or notice.is_old:
            return
        if notice.kind is Kind.SESSION:
            self._sessions.add(UUID(notice.id))
            self._ring(self._watchers.get(UUID(notice.id), ()))
        elif notice.kind is Kind.RIGHTS:
            self._note_rights(notice)
        elif notice.kind is Kind.KEY:
            for call in self._on_dropped_key:
                call(notice.id)
        self.forget_old()
        # The newest stand last, as far as they arrive in order.
        self._notices.pop((notice.kind, notice.id), None)
        self._notices[notice.kind, notice.id] = notice

    def forget_old(self) -> None:
        """Drop what concerns no living token or ticket any more; the oldest stand first."""
        while self._notices:
            name, notice = next(iter(self._notices.items()))
            if not notice.is_old:
                return
            self._notices.pop(name)
            if notice.kind is Kind.SESSION:
                self._sessions.discard(UUID(notice.id))
            elif notice.kind is Kind.RIGHTS and notice.id != EVERYBODY:
                self._rights.pop(UUID(notice.id), None)

    def _note_rights(self, notice: Notice) -> None:
        if notice.id == EVERYBODY:
            self._rights_of_all = notice.version
            self._ring(chain.from_iterable(self._watchers.values()))
        else:
            self._rights[UUID(notice.id)] = notice.version
            self._ring(self._watchers.get(UUID(notice.id), ()))

    def _ring(self, watchers: Iterable[asyncio.Event]) -> None:
        for noted in watchers:
            noted.set()
