"""Links of the last minute, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.servers import recent_links

if TYPE_CHECKING:
    import pytest

HERE, THERE = UUID(int=1), UUID(int=2)


def test_links_count_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(recent_links, "monotonic", lambda: now[0])
    links = recent_links.RecentLinks()
    links.add(HERE)
    now[0] = 50
    links.add(HERE)
    links.add(THERE)
    now[0] = 61
    links.forget()
    assert [links.count(server) for server in (HERE, THERE)] == [1, 1]
    now[0] = 111
    links.forget()
    assert [links.count(server) for server in (HERE, THERE)] == [0, 0]
