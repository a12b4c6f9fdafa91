"""The history: by event, thing and time, of all for administrators, and as a file."""

from __future__ import annotations

import csv
import gc
import tracemalloc
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
import pytest

from tests.storage.conftest import make_token
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage

FILL = """
INSERT INTO storage.actions (owner_id, user_id, event, object_id, data)
SELECT $1, $1, 'FILE.DOWNLOAD', storage.new_id(),
    jsonb_build_object('name', E'=1+1,"x"\n' || number)
FROM generate_series(1, $2) AS number
"""
MANY = 20_000
# Their text alone is three times as much.
MOST_BYTES_MORE = 1024 * 1024


async def events(person: Person, query: str = "", path: str = "/actions") -> list[str]:
    items = (await person.call("GET", f"{path}?limit=200{query}"))["items"]
    return [item["event"] for item in items]


async def export(person: Person, query: str = "") -> tuple[dict[str, str], str]:
    """Headers and text of an export."""
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    url = f"/storage/api/v1/actions/export{query}"
    async with person.client.get(url, headers=headers) as answer:
        assert answer.status == 200
        return dict(answer.headers), await answer.text()


async def test_history_by_event_thing_and_time(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    first = await person.upload("a", b"1")
    await person.upload("b", b"1", folder="/x")
    between = datetime.now(UTC)
    await person.call("PATCH", f"/files/{first['id']}", json={"name": "c"})
    assert await events(person, "&event=FILE.UPLOAD") == ["FILE.UPLOAD", "FILE.UPLOAD"]
    assert await events(person, "&event=FOLDER") == ["FOLDER.CREATE"]
    assert await events(person, f"&object_id={first['id']}") == ["FILE.RENAME", "FILE.UPLOAD"]
    moment = quote(between.isoformat())
    assert await events(person, f"&since={moment}") == ["FILE.RENAME"]
    assert await events(person, f"&until={moment}&event=FILE") == ["FILE.UPLOAD", "FILE.UPLOAD"]
    assert await events(person, "&since=0001-01-01T00:00:00Z&until=1969-01-01T00:00:00Z") == []
    assert len(await events(person, "&until=9999-12-31T23:59:59Z")) == 4
    for query in ("event=FILE.BURN", "event=f", "since=yesterday", "object_id=x", "user_id=x"):
        await person.call("GET", f"/actions?{query}", 422)


async def test_administrators_see_what_everybody_did(storage: Storage) -> None:
    ann, bob = storage.person(BOSTON), storage.person(BOSTON)
    for person in (ann, bob):
        await person.call("POST", "/folders", 201, json={"name": "a"})
    admin = storage.person()
    await admin.call("GET", "/admin/actions", 403)
    admin.token = make_token(admin.id, admin.session_id, scope="actions.view_all")
    items = (await admin.call("GET", "/admin/actions?event=FOLDER.CREATE"))["items"]
    assert {item["owner_id"] for item in items} == {str(ann.id), str(bob.id)}
    for name in ("owner_id", "user_id"):
        items = (await admin.call("GET", f"/admin/actions?{name}={bob.id}"))["items"]
        assert [item["user_id"] for item in items] == [str(bob.id)]
    assert await events(ann) == await events(bob) == ["FOLDER.CREATE"]


@pytest.mark.parametrize("count", [0, 500, 1203])
async def test_all_of_a_history_is_exported(storage: Storage, owner_pool: Any, count: int) -> None:
    person = storage.person()
    for owner, number in ((person.id, count), (uuid.uuid4(), 5)):
        await owner_pool.execute(FILL, owner, number)
    headers, text = await export(person)
    assert headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert headers["Content-Disposition"] == 'attachment; filename="history.ndjson"'
    lines = [orjson.loads(line) for line in text.splitlines()]
    names = [f'=1+1,"x"\n{number}' for number in range(count, 0, -1)]
    assert [line["data"]["name"] for line in lines] == names
    _, text = await export(person, "?format=csv")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert [orjson.loads(row["data"])["name"] for row in rows] == names
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert [row["created_at"] for row in rows] == [line["created_at"] for line in lines]
    assert all(row["ip"] == "" for row in rows)


async def test_an_export_is_narrowed_like_the_list(storage: Storage, owner_pool: Any) -> None:
    person = storage.person()
    await owner_pool.execute(FILL, person.id, 3)
    await person.call("POST", "/folders", 201, json={"name": "a"})
    _, text = await export(person, "?event=FOLDER")
    assert [orjson.loads(line)["event"] for line in text.splitlines()] == ["FOLDER.CREATE"]
    later = quote((datetime.now(UTC) + timedelta(days=1)).isoformat())
    _, text = await export(person, f"?since={later}")
    assert text == ""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_an_export_takes_no_more_memory_the_longer_it_is(
    storage: Storage, owner_pool: Any, form: str
) -> None:
    peaks: list[int] = []
    for count in (MANY // 10, MANY):
        person = storage.person()
        await owner_pool.execute(FILL, person.id, count)
        read, peak = await measure(person, form)
        assert read > 150 * count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < MOST_BYTES_MORE, f"{peaks} bytes at the most"


async def measure(person: Person, form: str) -> tuple[int, int]:
    """Read an export and keep none of it; its bytes, and the most that was held meanwhile."""
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    url = f"/storage/api/v1/actions/export?format={form}"
    gc.collect()
    tracemalloc.start()
    try:
        async with person.client.get(url, headers=headers) as answer:
            read = sum([len(chunk) async for chunk in answer.content.iter_any()])
        return read, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
