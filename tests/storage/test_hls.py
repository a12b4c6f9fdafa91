"""Films as folders of segments: playlists rendered for players, on real servers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from services.storage.accounts.erasures import note_event
from services.storage.hls.tickets import new_ticket
from shared.account_events import AccountEvent
from shared.web.identity import Identity
from shared.web.revocations import REVOCATIONS
from tests.storage.conftest import EVERYTHING, Person, make_token
from tests.storage.foldering import make
from tests.world.places import BOSTON, JOBURG, NEAREST, TOKYO

if TYPE_CHECKING:
    from tests.storage.conftest import Storage
    from tests.world.cities import City

NAMES = ("new-york", "vladivostok", "cape-town")
MASTER = b"""#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=800000
video.m3u8
"""
COPY = """
UPDATE storage.replicas SET state = 'READY', verified_at = now()
WHERE (owner_id, version_id) = (SELECT owner_id, current_version_id FROM storage.files
    WHERE id = $1)
"""
KEY_OF = """
SELECT versions.key FROM storage.files JOIN storage.versions
    ON versions.id = files.current_version_id WHERE files.id = $1
"""


def media(*names: str) -> bytes:
    """A media playlist of segments of four seconds each."""
    rows = "".join(f"#EXTINF:4.0,\n{name}\n" for name in names)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n{rows}#EXT-X-ENDLIST\n".encode()


async def give(person: Person, folder: str, name: str, content: bytes, **more: Any) -> str:
    file = await person.upload(name, content, folder_id=folder, **more)
    return str(file["id"])


async def get(
    person: Person, path: str, status: int = 200, *, token: bool = True
) -> tuple[str, dict[str, str]]:
    """GET a playlist as a player does; its text and headers."""
    headers = {"X-Fake-IP": person.fake_ip} if person.fake_ip else {}
    if token:
        headers["Authorization"] = f"Bearer {make_token(person.id, person.session_id)}"
    url = path if path.startswith("/") else f"/{path}"
    async with person.client.get(URL(url, encoded=True), headers=headers) as answer:
        text = await answer.text()
        assert answer.status == status, text
        return text, dict(answer.headers)


def hls(folder: str, rest: str) -> str:
    return f"/storage/api/v1/folders/{folder}/hls/{rest}"


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


async def spread(storage: Storage, owner_pool: Any, ids: dict[str, bytes]) -> None:
    """Copy files to all cities, as the replicator would."""
    for file_id, content in ids.items():
        key = await owner_pool.fetchval(KEY_OF, file_id)
        for server in storage.servers.values():
            store = storage.stores.of(server)
            if await store.head(key) is None:
                await store.put(key, content, len(content))
        await owner_pool.execute(COPY, file_id)


async def film(storage: Storage, owner_pool: Any, person: Person) -> str:
    """A film of two segments in every city; the id of its folder."""
    folder = await make(person, "film")
    files = {"master.m3u8": MASTER, "video.m3u8": media("a.ts", "b.ts"), "a.ts": b"A" * 9}
    files["b.ts"] = b"B" * 9
    ids = {await give(person, folder, name, content): content for name, content in files.items()}
    await spread(storage, owner_pool, ids)
    return folder


@pytest.mark.parametrize("place", [BOSTON, TOKYO, JOBURG])
async def test_a_film_plays_from_the_nearest_city(
    storage: Storage, owner_pool: Any, place: str
) -> None:
    person = storage.person(place)
    folder = await film(storage, owner_pool, person)
    text, headers = await get(person, hls(folder, "master.m3u8"))
    assert headers["Content-Type"] == "application/vnd.apple.mpegurl; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert f'PATHWAY-ID="{NEAREST[place]}"' in text.splitlines()[1]
    variants = addresses(text)
    assert len(variants) == 3
    variant = urljoin(hls(folder, "master.m3u8"), variants[0])
    assert parse_qs(urlsplit(variant).query)["city"] == [NEAREST[place]]
    text, _ = await get(person, variant)
    first, second = addresses(text)
    server = storage.servers[NEAREST[place]]
    assert first.startswith(server.public_endpoint)
    assert second.startswith(server.public_endpoint)
    url = URL(second, encoded=True)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, await answer.read()) == (200, b"B" * 9)
        assert answer.content_type == "video/mp2t"
        assert answer.headers["Cache-Control"].startswith("private, max-age=")


async def test_the_pathways_are_the_cities_and_a_lost_one_is_left_out(
    storage: Storage, owner_pool: Any, cities: dict[str, City]
) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    steering = await person.call(
        "GET", f"/folders/{folder}/hls/steering.json?_HLS_pathway=%22new-york%22&_HLS_throughput=1"
    )
    assert (steering["VERSION"], steering["TTL"] <= 5) == (1, True)
    assert steering["PATHWAY-PRIORITY"] == ["new-york", "vladivostok", "cape-town"]
    assert [one["server"]["name"] for one in steering["X-CITIES"]] == steering["PATHWAY-PRIORITY"]
    assert steering["X-CITIES"][0]["origin"] == storage.servers["new-york"].public_endpoint
    text, _ = await get(person, hls(folder, "master.m3u8?cities=1"))
    assert [line for line in text.splitlines() if "city=" in line] == [
        f"../../{folder}/hls/video.m3u8?city=new-york"
    ]
    await cities["new-york"].kill()
    try:
        async with asyncio.timeout(15):
            while steering["PATHWAY-PRIORITY"] != ["vladivostok", "cape-town"]:
                await asyncio.sleep(0.1)
                steering = await person.call("GET", f"/folders/{folder}/hls/steering.json")
        # Whoever still asks for the city that is lost gets the segments of the next one.
        text, _ = await get(person, hls(folder, "video.m3u8?city=new-york"))
        endpoint = storage.servers["vladivostok"].public_endpoint
        assert all(url.startswith(endpoint) for url in addresses(text))
    finally:
        await cities["new-york"].start()


def forbidding(storage: Storage, *names: str) -> dict[str, Any]:
    zones = {"require": [], "forbid": [storage.servers[name].zone for name in names]}
    return {"copies": "all", "zones": zones}


async def test_nothing_of_a_film_comes_from_a_forbidden_zone(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    scope = f"{EVERYTHING} policy.view policy.change"
    person.token = make_token(person.id, person.session_id, scope=scope)
    await person.call("PUT", f"/folders/{folder}/policy", json=forbidding(storage, "new-york"))
    for rest in ("master.m3u8", "video.m3u8", "video.m3u8?city=new-york", "steering.json"):
        text, _ = await get(person, hls(folder, rest))
        assert storage.servers["new-york"].public_endpoint not in text
        assert "new-york" not in text
        assert "vladivostok" in text or storage.servers["vladivostok"].public_endpoint in text
    # A segment may have a policy of its own, which is nearer.
    segment = await owner_pool.fetchval("SELECT id FROM storage.files WHERE name = 'b.ts'")
    await person.call(
        "PUT", f"/files/{segment}/policy", json=forbidding(storage, "new-york", "vladivostok")
    )
    first, second = addresses((await get(person, hls(folder, "video.m3u8")))[0])
    assert first.startswith(storage.servers["vladivostok"].public_endpoint)
    assert second.startswith(storage.servers["cape-town"].public_endpoint)
    await person.call("PUT", f"/folders/{folder}/policy", json=forbidding(storage, *NAMES))
    for rest in ("master.m3u8", "video.m3u8", "steering.json"):
        assert "NO_HEALTHY_REPLICA" in (await get(person, hls(folder, rest), 503))[0]


async def test_a_segment_that_one_city_lacks_comes_from_another(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    only_here = await give(person, folder, "c.ts", b"C")
    await give(person, folder, "more.m3u8", media("a.ts", "c.ts"))
    text, _ = await get(person, hls(folder, "more.m3u8?city=vladivostok"))
    first, second = addresses(text)
    assert only_here
    assert first.startswith(storage.servers["vladivostok"].public_endpoint)
    assert second.startswith(storage.servers["new-york"].public_endpoint)


async def test_byte_ranges_share_one_address_of_a_file(storage: Storage) -> None:
    person = storage.person(BOSTON)
    folder = await make(person, "film")
    await give(person, folder, "film.mp4", b"0123456789")
    text = (
        '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI="film.mp4",BYTERANGE="2@0"\n'
        "#EXTINF:4,\n#EXT-X-BYTERANGE:4@2\nfilm.mp4\n#EXTINF:4,\n#EXT-X-BYTERANGE:4@6\nfilm.mp4\n"
    )
    await give(person, folder, "master.m3u8", text.encode())
    written, _ = await get(person, hls(folder, "master.m3u8"))
    first, second = addresses(written)
    of_map = re.search(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="2@0"', written)
    assert of_map is not None
    assert first == second == of_map[1]
    assert "#EXT-X-BYTERANGE:4@2" in written


async def test_variants_in_folders_below_are_found(storage: Storage) -> None:
    person = storage.person(BOSTON)
    folder = await make(person, "film")
    below = await make(person, "720p", folder)
    await give(person, below, "a b.ts", b"A")
    await give(person, below, "index.m3u8", media("a%20b.ts"))
    master = MASTER.replace(b"video.m3u8", b"720p/index.m3u8")
    await give(person, folder, "master.m3u8", master)
    text, _ = await get(person, hls(folder, "master.m3u8"))
    variant = urljoin(hls(folder, "master.m3u8"), addresses(text)[0])
    assert urlsplit(variant).path == hls(below, "index.m3u8")
    written, _ = await get(person, variant)
    assert len(addresses(written)) == 1


async def test_a_ticket_opens_the_playlists_of_its_folder_and_nothing_else(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(JOBURG)
    folder = await film(storage, owner_pool, person)
    other = await make(person, "other")
    made = await person.call("POST", f"/folders/{folder}/hls-ticket", json={})
    path = URL(made["url"], encoded=True).raw_path_qs
    text, _ = await get(person, path, token=False)
    variant = urljoin(path, addresses(text)[0])
    written, _ = await get(person, variant, token=False)
    (life,) = parse_qs(urlsplit(addresses(written)[0]).query)["X-Amz-Expires"]
    assert int(life) == 3608  # the film, and an hour's pause
    steered = re.search('SERVER-URI="([^"]+)"', text)
    assert steered is not None
    await get(person, urljoin(path, steered[1]), token=False)
    ticket = urlsplit(path).query
    await get(person, f"{hls(other, 'master.m3u8')}?{ticket}", 410, token=False)
    await get(person, hls(folder, "master.m3u8?ticket=forged"), 410, token=False)
    await get(person, hls(folder, "master.m3u8"), 401, token=False)
    await person.call("POST", f"/folders/{folder}/trash")
    await get(person, path, 409, token=False)
    await person.call("DELETE", f"/folders/{folder}", 204)
    await get(person, path, 404, token=False)


@pytest.mark.parametrize("ended", ["account", "session"])
async def test_a_ticket_ends_with_the_account_and_the_session(
    storage: Storage, owner_pool: Any, ended: str
) -> None:
    person = storage.person(JOBURG)
    folder = await film(storage, owner_pool, person)
    made = await person.call("POST", f"/folders/{folder}/hls-ticket", json={})
    path = URL(made["url"], encoded=True).raw_path_qs
    text, _ = await get(person, path, token=False)
    steered = re.search('SERVER-URI="([^"]+)"', text)
    assert steered is not None
    if ended == "account":
        off = AccountEvent(person.id, 5, None, is_switched_off=True)
        await note_event(owner_pool, off)
    else:
        assert storage.client.app is not None
        await storage.client.app[REVOCATIONS].publish([person.session_id])
    for address in (path, urljoin(path, addresses(text)[0]), urljoin(path, steered[1])):
        assert "TICKET_EXPIRED" in (await get(person, address, 410, token=False))[0]


def test_a_ticket_of_an_api_token_lives_no_longer_than_that() -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    identity = Identity(uuid4(), uuid4(), "x", frozenset(), False, soon, is_api_token=True)
    assert new_ticket(identity, uuid4()).expires_at == soon
    # An access token is renewed as long as its session goes on.
    renewed = replace(identity, is_api_token=False)
    assert new_ticket(renewed, uuid4()).expires_at > soon + timedelta(hours=5)


async def test_addresses_for_who_can_ask_again_live_as_long_as_downloads(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    written, _ = await get(person, hls(folder, "video.m3u8"))
    (life,) = parse_qs(urlsplit(addresses(written)[0]).query)["X-Amz-Expires"]
    assert int(life) == storage.settings.download_seconds


async def test_nobody_else_sees_the_film(storage: Storage, owner_pool: Any) -> None:
    folder = await film(storage, owner_pool, storage.person(BOSTON))
    stranger = storage.person(BOSTON)
    for rest in ("master.m3u8", "video.m3u8", "steering.json"):
        await get(stranger, hls(folder, rest), 404)
    await stranger.call("POST", f"/folders/{folder}/hls-ticket", 404, json={})
    without = Person(storage.client, storage.document)
    without.token = make_token(without.id, without.session_id, scope="files.view")
    await without.call("GET", f"/folders/{folder}/hls/master.m3u8", 403)


async def test_what_is_missing_or_broken_is_said(storage: Storage) -> None:
    person = storage.person(BOSTON)
    folder = await make(person, "film")
    await give(person, folder, "gone.m3u8", media("a.ts", "b.ts"))
    await give(person, folder, "evil.m3u8", media("https://elsewhere.example/a.ts"))
    await give(person, folder, "self.m3u8", MASTER.replace(b"video", b"self"))
    await give(person, folder, "one.m3u8", MASTER.replace(b"video", b"two"))
    await give(person, folder, "two.m3u8", MASTER.replace(b"video", b"one"))
    await give(person, folder, "huge.m3u8", b"#EXTM3U\n" + b"#" * 5 * 1024**2)
    await give(person, folder, "latin.m3u8", b"#EXTM3U\n#\xe9\n")

    async def refusal(rest: str, status: int = 409) -> dict[str, Any]:
        return await person.call("GET", f"/folders/{folder}/hls/{rest}", status)

    gone = await refusal("gone.m3u8")
    assert (gone["code"], gone["missing_files"], gone["name"]) == ("SEGMENT_MISSING", 2, "a.ts")
    evil = await refusal("evil.m3u8")
    assert (evil["code"], evil["line"]) == ("BAD_PLAYLIST", 4)
    assert (await refusal("self.m3u8"))["code"] == "BAD_PLAYLIST"
    # Each names the other: a player is led no further than one step down.
    text, _ = await get(person, hls(folder, "one.m3u8"))
    variant = urljoin(hls(folder, "one.m3u8"), addresses(text)[0])
    assert "BAD_PLAYLIST" in (await get(person, variant, 409))[0]
    assert (await refusal("huge.m3u8"))["limit"] == 4 * 1024**2
    assert "UTF-8" in (await refusal("latin.m3u8"))["detail"]
    assert (await refusal("none.m3u8", 404))["code"] == "FILE_NOT_FOUND"
    assert (await refusal("steering.json?of=none.m3u8", 404))["code"] == "FILE_NOT_FOUND"
    await refusal("gone.m3u8?city=../x", 422)


async def test_playing_is_in_the_history_once(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    text, _ = await get(person, hls(folder, "master.m3u8"))
    await get(person, urljoin(hls(folder, "master.m3u8"), addresses(text)[0]))
    await asyncio.sleep(0.3)
    page = await person.call("GET", "/actions?event=FILE.DOWNLOAD")
    assert [(one["data"]["name"], one["server"]) for one in page["items"]] == [
        ("master.m3u8", "new-york")
    ]


async def test_the_text_is_read_from_a_city_once_a_version(
    storage: Storage, owner_pool: Any, cities: dict[str, City]
) -> None:
    person = storage.person(BOSTON)
    folder = await film(storage, owner_pool, person)
    await get(person, hls(folder, "video.m3u8"))
    key = await owner_pool.fetchval(
        "SELECT key FROM storage.versions JOIN storage.files "
        "ON files.current_version_id = versions.id WHERE name = 'video.m3u8'"
    )
    for server in storage.servers.values():
        await storage.stores.of(server).delete(key)
    await get(person, hls(folder, "video.m3u8"))
    await give(person, folder, "video.m3u8", media("a.ts"))
    written, _ = await get(person, hls(folder, "video.m3u8"))
    assert len(addresses(written)) == 1
