"""Brings the files of a film to Meridian, and tells the films service of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from yarl import URL

from examples.movies.making.stack import StackError

if TYPE_CHECKING:
    from pathlib import Path

    import aiohttp

    from examples.movies.making.encode import Encoded
    from examples.movies.making.stack import Account

STORAGE: Final = "/storage/api/v1"
TYPES: Final = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
}
FIRST_REFUSAL: Final = 400
LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who is signed in; `address` has no path."""

    session: aiohttp.ClientSession
    address: str
    token: str

    async def call(self, method: str, path: str, payload: object = None) -> Any:
        """Call the public API; StackError says what was refused."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self.address}{path}"
        async with self.session.request(method, url, json=payload, headers=headers) as answer:
            if answer.status >= FIRST_REFUSAL:
                raise StackError(f"{method} {url}: {answer.status} {await answer.text()}")
            return await answer.json()

    async def upload(self, file: Path, folder_id: str) -> str:
        """Upload a file by the address that storage signs; its id."""
        content = await asyncio.to_thread(file.read_bytes)
        body = {
            "name": file.name,
            "size": len(content),
            "content_type": TYPES[file.suffix],
            "folder_id": folder_id,
        }
        begun = await self.call("POST", f"{STORAGE}/uploads", body)
        url = URL(begun["url"], encoded=True)
        async with self.session.put(url, data=content, headers=begun["headers"]) as answer:
            if answer.status >= FIRST_REFUSAL:
                raise StackError(f"{file.name} was not taken: {answer.status}")
        done = await self.call("POST", f"{STORAGE}/uploads/{begun['id']}/complete")
        return str(done["id"])

    async def folder(self, path: str) -> str:
        """Make a folder where there is none; its id."""
        return str((await self.call("POST", f"{STORAGE}/folders", {"path": path}))["id"])

    async def wait_for_cities(self, folder_id: str, seconds: float) -> bool:
        """Wait until all files right in a folder are in every city that shall have them."""
        until = monotonic() + seconds
        path = f"{STORAGE}/files?folder_id={folder_id}&limit=200"
        while monotonic() < until:
            copies = [file["replicas"] for file in (await self.call("GET", path))["items"]]
            if all(counts["ready"] == counts["wanted"] for counts in copies):
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False


async def sign_in(session: aiohttp.ClientSession, address: str, account: Account) -> Client:
    """Sign in; StackError."""
    body = {"username": account.username, "password": account.password}
    answer = await Client(session, address, "").call("POST", "/auth/api/v1/login", body)
    return Client(session, address, answer["access_token"])


async def upload_film(owner: Client, encoded: Encoded, path: str) -> dict[str, str]:
    """Upload all files of a film into a folder of its own; what the films service calls them."""
    parts_id = await owner.folder(f"{path}/parts")
    for file in encoded.part_files():
        await owner.upload(file, parts_id)
    folder_id = await owner.folder(path)
    return {
        "folder_id": parts_id,
        "file_id": await owner.upload(encoded.whole, folder_id),
        "poster_id": await owner.upload(encoded.poster, folder_id),
    }
