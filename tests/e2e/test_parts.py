"""A large file: up in parts, and down again from two cities at once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.sending import put_parts
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world.people import Visitor
    from tests.world.stack import Stack

MEBIBYTE = 1024**2
CONTENT = os.urandom(40 * MEBIBYTE + 1)
NAME = "большой.iso"
METALINK = "application/metalink4+xml"


@pytest.fixture
async def file(visitors: dict[str, Visitor]) -> dict[str, Any]:
    """Uploaded in parts, without a hash, and copied."""
    person = visitors[BOSTON]
    body = {"name": NAME, "size": len(CONTENT), "parts": True}
    started = await person.storage("POST", "/uploads", 201, json=body)
    await put_parts(started, CONTENT)
    file = await person.storage("POST", f"/uploads/{started['id']}/complete", json={})
    return await person.wait_for_copies(file["id"])


async def test_a_manifest_names_the_hash_of_each_part(
    visitors: dict[str, Visitor], file: dict[str, Any]
) -> None:
    # What the S3 server called the joined parts proves that the copies are what was sent.
    assert (file["durable"], file["proof"]) == (True, "etag")
    assert file["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    manifest = await visitors[BOSTON].storage("GET", f"/files/{file['id']}/manifest")
    assert (manifest["name"], manifest["size"]) == (NAME, len(CONTENT))
    assert manifest["part_size"] == 16 * MEBIBYTE
    for part in manifest["parts"]:
        piece = CONTENT[part["offset"] :][: part["size"]]
        assert part["sha256"] == hashlib.sha256(piece).hexdigest()
    assert sum(part["size"] for part in manifest["parts"]) == len(CONTENT)
    servers = [source["server"]["name"] for source in manifest["sources"]]
    assert servers[0] == "new-york"
    assert len(set(servers)) == 3


@pytest.mark.parametrize("content", [CONTENT, b"a small one"], ids=("three parts", "one part"))
async def test_every_city_answers_with_one_etag_and_links_name_the_sha256(
    stack: Stack, visitors: dict[str, Visitor], content: bytes
) -> None:
    person = visitors[BOSTON]
    body = {"name": NAME, "size": len(content), "parts": True}
    started = await person.storage("POST", "/uploads", 201, json=body)
    await put_parts(started, content)
    await person.storage("POST", f"/uploads/{started['id']}/complete", json={})
    file = await person.wait_for_copies(started["file"]["id"])
    link = await person.storage("GET", f"/files/{file['id']}/download")
    assert link["sha256"] == hashlib.sha256(content).hexdigest()
    assert (link["version"], link["size"]) == (file["version"], len(content))
    etags = [await etag_of(person, source["url"]) for source in (link, *link["alternates"])]
    assert len(etags) == len(stack.info["servers"])
    assert set(etags) == {etags[0]}
    assert etags[0].endswith(f'-{len(started["parts"])}"')


async def etag_of(person: Visitor, url: str) -> str:
    async with person.session.get(url, headers={"Range": "bytes=0-0"}) as answer:
        return answer.headers["ETag"]


async def fetch_metalink(person: Visitor, file: dict[str, Any], sources: int) -> bytes:
    url = f"{person.info['services']['storage']}/files/{file['id']}/manifest?sources={sources}"
    headers = {
        "Authorization": f"Bearer {person.tokens['access_token']}",
        "X-Fake-IP": BOSTON,
        "Accept": METALINK,
    }
    async with person.session.get(url, headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == METALINK
        return await answer.read()


@pytest.mark.skipif(shutil.which("aria2c") is None, reason="aria2 is not installed")
async def test_aria2_downloads_from_two_cities_at_once(
    stack: Stack, visitors: dict[str, Visitor], file: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "file.meta4").write_bytes(await fetch_metalink(visitors[BOSTON], file, 2))
    process = await asyncio.create_subprocess_exec(
        *("aria2c", "--no-conf", "--max-connection-per-server=2", "--split=2", "--reuse-uri=false"),
        *("--min-split-size=1M", "--uri-selector=inorder", "--check-integrity=true"),
        *("--dir", str(tmp_path), "--log", str(tmp_path / "log"), "--log-level=info"),
        str(tmp_path / "file.meta4"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert (tmp_path / NAME).read_bytes() == CONTENT
    log = (tmp_path / "log").read_text(errors="replace")
    served = [
        server["name"]
        for server in stack.info["servers"]
        if f"Host: {server['endpoint'].partition('//')[2]}" in log
    ]
    assert len(served) == 2, log[-6000:]
    assert "new-york" in served
