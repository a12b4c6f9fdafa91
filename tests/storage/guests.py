"""Somebody without an account, who has an address with a token in it."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.storage.conftest import Person

CAPE_TOWN = "100.3.0.1"


class Guest(Person):
    """Somebody without an account."""

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Call the API from somewhere; the answer, or its headers where it has no body."""
        headers = {"X-Fake-IP": self.fake_ip or CAPE_TOWN, **options.pop("headers", {})}
        async with self.client.request(
            method, f"/storage/api/v1{path}", headers=headers, allow_redirects=False, **options
        ) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json() if answer.content_type.endswith("json") else answer.headers

    async def status(self, method: str, path: str, **options: Any) -> int:
        """Call the API; the status of the answer."""
        headers = {"X-Fake-IP": self.fake_ip or CAPE_TOWN, **options.pop("headers", {})}
        url = f"/storage/api/v1{path}"
        async with self.client.request(method, url, headers=headers, **options) as answer:
            return answer.status


async def fetch(url: str) -> bytes:
    """GET a presigned link."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return await answer.read()
