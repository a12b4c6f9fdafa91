"""Whatever people call a file: through the API, the signature and S3, back to a header."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

import aiohttp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yarl import URL

from tests.storage.conftest import make_token
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage

CREATED, REFUSED = 201, 422
ODD = "a./\\\"';%\r\n\0\u202e\u200dя\u0301 "
NAMES = st.text(min_size=1, max_size=90) | st.text(ODD, min_size=1, max_size=90)


@given(name=NAMES)
@example(name="e\u0301.txt")
@example(name="con.txt")
@example(name="ends with a dot. ")
@example(name="👨‍👩‍👧.png")
@example(name="я" * 127 + "b")
@example(name="я" * 128)
@example(name="../../etc/passwd")
@example(name='x"; filename="evil.exe')
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_a_name_comes_back_in_the_header_or_is_refused(storage: Storage, name: str) -> None:
    person = storage.person(BOSTON)
    if not await is_taken(person, name):
        return
    file = await person.upload(name, b"1")
    assert file["name"] == unicodedata.normalize("NFC", name)
    link = URL((await person.call("GET", f"/files/{file['id']}/download"))["url"], encoded=True)
    async with aiohttp.ClientSession() as session, session.get(link) as answer:
        assert await answer.read() == b"1"
        disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.startswith('attachment; filename="')
    assert unquote(disposition.rpartition("UTF-8''")[2]) == file["name"]


async def is_taken(person: Person, name: str) -> bool:
    """Whether an upload of the name may begin; a refusal says which field is wrong."""
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    body = {"name": name, "size": 1, "folder": "/probe"}
    url = "/storage/api/v1/uploads"
    async with person.client.post(url, json=body, headers=headers) as answer:
        if answer.status == REFUSED:
            assert "name" in (await answer.json())["errors"]
            return False
        assert answer.status == CREATED, await answer.text()
        return True
