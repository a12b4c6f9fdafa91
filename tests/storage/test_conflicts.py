"""A name that is taken: a new version, another name, or a refusal, as the client asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.storage.conftest import Storage


async def test_an_upload_of_a_taken_name_does_as_it_was_told(storage: Storage) -> None:
    person = storage.person()
    first = await person.upload("a.txt", b"1")
    second = await person.upload("a.txt", b"22")
    assert (second["id"], second["version"]) == (first["id"], 2)
    third = await person.upload("a.txt", b"333", on_conflict="version")
    assert (third["id"], third["version"]) == (first["id"], 3)
    other = await person.upload("a.txt", b"4444", on_conflict="rename")
    assert (other["name"], other["version"]) == ("a (2).txt", 1)
    body = {"name": "a.txt", "size": 1, "on_conflict": "fail"}
    assert (await person.call("POST", "/uploads", 409, json=body))["code"] == "FILE_EXISTS"
    free = await person.upload("b.txt", b"1", on_conflict="fail")
    assert free["name"] == "b.txt"
    assert (await person.call("POST", "/uploads", 422, json=body | {"on_conflict": "x"}))["errors"]


async def test_a_folder_of_the_name_is_no_file_to_have_a_version(storage: Storage) -> None:
    person = storage.person()
    await person.call("POST", "/folders", 201, json={"name": "a"})
    for way in ("version", "fail"):
        body = {"name": "a", "size": 1, "on_conflict": way}
        assert (await person.call("POST", "/uploads", 409, json=body))["code"] == "FOLDER_EXISTS"
    renamed = await person.upload("a", b"1", on_conflict="rename")
    assert renamed["name"] == "a (2)"


async def test_many_at_once_get_a_name_each(storage: Storage) -> None:
    person = storage.person()
    body = {"name": "a", "size": 1, "on_conflict": "rename"}
    started = await asyncio.gather(
        *(person.call("POST", "/uploads", 201, json=body) for _ in range(5))
    )
    names = sorted(upload["file"]["name"] for upload in started)
    assert names == ["a", "a (2)", "a (3)", "a (4)", "a (5)"]
