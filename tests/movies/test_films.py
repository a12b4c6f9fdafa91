"""Films: who sees which, where they play from, and what goes on when another service is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from tests.movies.conftest import GRANT, HOLD
from tests.world.places import BOSTON, TOKYO

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.movies.conftest import Family

COPY = "UPDATE storage.replicas SET state = 'READY', verified_at = now()"
MASTER = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\nvideo.m3u8\n"
VIDEO = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n"


async def add(family: Family, title: str, **more: Any) -> dict[str, Any]:
    """Add a film whose file belongs to the account of the service."""
    cinema, curator = await family.sign_in("cinema"), await family.sign_in("curator")
    file_id = await family.upload(cinema, f"{title}.mp4", b"moving pictures")
    body = {"title": title, "year": 2024, "file_id": file_id, **more}
    return await family.call(curator, "POST", "/films", 201, json=body)


async def found(family: Family, token: str, query: str = "") -> list[str]:
    page = await family.call(token, "GET", f"/films/search{query}")
    return [film["title"] for film in page["items"]]


async def test_films_are_found_by_words_genre_and_year(family: Family) -> None:
    viewer = await family.register("viewer")
    await add(family, "The Last City", genres=["drama"])
    await add(family, "Ночь над городом", genres=["drama", "noir"], year=1954)
    await add(family, "City of Rain's End")
    assert await found(family, viewer) == [
        "City of Rain's End",
        "Ночь над городом",
        "The Last City",
    ]
    assert await found(family, viewer, "?query=city") == ["City of Rain's End", "The Last City"]
    assert await found(family, viewer, "?query=cit%20la") == ["The Last City"]
    assert await found(family, viewer, "?query=НОЧ") == ["Ночь над городом"]
    assert await found(family, viewer, "?query=rain's:*!'%26") == ["City of Rain's End"]
    assert await found(family, viewer, "?genre=noir") == ["Ночь над городом"]
    assert await found(family, viewer, "?year=1954&genre=drama") == ["Ночь над городом"]
    page = await family.call(viewer, "GET", "/films/search?limit=2")
    rest = await family.call(viewer, "GET", f"/films/search?limit=2&cursor={page['next']}")
    assert [film["title"] for film in rest["items"]] == ["The Last City"]
    assert rest["next"] is None


async def test_films_are_found_in_any_script(family: Family) -> None:
    viewer = await family.register("viewer")
    # Marks belong to their letters, and a letter with its mark may be one character or two.
    await add(family, "हिन्दी सिनेमा")
    await add(family, "Ame\u0301lie", genres=["drama"])
    for words, title in (
        ("हिन्", "हिन्दी सिनेमा"),
        ("Am%C3%A9", "Am\u00e9lie"),
        ("ame%CC%81l", "Am\u00e9lie"),
    ):
        assert await found(family, viewer, f"?query={words}") == [title]
    assert await found(family, viewer, "?query=%5C%20'") == await found(family, viewer)


async def test_only_who_may_changes_films(family: Family) -> None:
    viewer, curator = await family.register("viewer"), await family.sign_in("curator")
    film = await add(family, "The Last City")
    path = f"/films/{film['id']}"
    await family.call(viewer, "POST", "/films", 403, json={})
    await family.call(viewer, "PATCH", path, 403, json={"title": "x"})
    await family.call(viewer, "DELETE", path, 403)
    changed = await family.call(curator, "PATCH", path, json={"title": "Another"})
    assert (changed["title"], changed["year"]) == ("Another", 2024)
    stale = {"If-Match": '"old"'}
    await family.call(curator, "PATCH", path, 412, json={"year": 1999}, headers=stale)
    await family.call(curator, "PATCH", path, 422, json={"file_id": None})
    await family.call(curator, "PATCH", path, 422, json={"title": "\u202e"})
    await family.call(curator, "DELETE", path, 204)
    await family.call(viewer, "GET", path, 404)


async def test_a_file_that_the_service_cannot_see_is_refused(family: Family) -> None:
    curator = await family.sign_in("curator")
    own = await family.upload(curator, "mine.mp4", b"mine")
    body = {"title": "Mine", "year": 2024, "file_id": own}
    refusal = await family.call(curator, "POST", "/films", 422, json=body)
    assert list(refusal["errors"]) == ["file_id"]
    refusal = await family.call(
        curator, "POST", "/films", 422, json={"title": "Nothing", "year": 2024}
    )
    assert list(refusal["errors"]) == ["file_id"]


@pytest.mark.parametrize(("place", "city"), [(BOSTON, "new-york"), (TOKYO, "vladivostok")])
async def test_it_plays_from_the_city_that_is_nearest_to_the_viewer(
    family: Family, owner_pool: Pool, place: str, city: str
) -> None:
    viewer = await family.register("viewer")
    film = await add(family, "The Last City")
    await owner_pool.execute(COPY)
    headers = {"X-Fake-IP": place}
    play = await family.call(viewer, "GET", f"/films/{film['id']}/play", headers=headers)
    assert play["server"]["name"] == city
    assert {other["server"]["name"] for other in play["alternates"]} | {city} == {
        *("new-york", "vladivostok", "cape-town"),
    }
    assert play["playlist"] is None


async def test_a_folder_of_segments_plays_without_a_token(family: Family) -> None:
    viewer, cinema = await family.register("viewer"), await family.sign_in("cinema")
    folder = await family.folder(cinema, "film")
    for name, content in {"a.ts": b"A", "video.m3u8": VIDEO, "master.m3u8": MASTER}.items():
        await family.upload(cinema, name, content, folder_id=folder)
    film = await add(family, "The Last City", folder_id=folder)
    play = await family.call(viewer, "GET", f"/films/{film['id']}/play")
    path = URL(play["playlist"]["url"], encoded=True).raw_path_qs
    url = URL(f"{family.storage.url}{path}", encoded=True)
    async with family.session.get(url) as answer:
        assert answer.status == 200
        assert "#EXT-X-CONTENT-STEERING" in await answer.text()
    # A stranger to storage sees nothing of the folder by the token of the viewer.
    headers = {"Authorization": f"Bearer {viewer}"}
    async with family.session.get(url.with_query(None), headers=headers) as answer:
        assert answer.status == 404


async def test_a_film_of_a_role_plays_for_who_holds_it(family: Family, owner_pool: Pool) -> None:
    viewer = await family.register("viewer")
    role = await owner_pool.fetchval(GRANT, "members", "films.premieres")
    film = await add(family, "Premiere", permission="films.premieres")
    for rest in ("", "/play", "/poster"):
        await family.call(viewer, "GET", f"/films/{film['id']}{rest}", 404)
    assert await found(family, viewer) == []
    await owner_pool.execute(HOLD, "viewer", role)
    member = await family.sign_in("viewer")
    await family.call(member, "GET", f"/films/{film['id']}/play")
    assert await found(family, member) == ["Premiere"]


async def test_posters_are_linked(family: Family) -> None:
    viewer, cinema = await family.register("viewer"), await family.sign_in("cinema")
    poster = await family.upload(cinema, "poster.png", b"PNG", content_type="image/png")
    film = await add(family, "The Last City", poster_id=poster)
    link = await family.call(viewer, "GET", f"/films/{film['id']}/poster")
    async with family.session.get(URL(link["url"], encoded=True)) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", b"PNG")
        assert answer.headers["Content-Disposition"].startswith("inline")
    bare = await add(family, "Bare")
    await family.call(viewer, "GET", f"/films/{bare['id']}/poster", 404)


async def until_degraded(family: Family, token: str, wanted: str) -> None:
    async with asyncio.timeout(15):
        while True:
            await family.call(token, "GET", "/films/search")
            if family.degraded == wanted:
                return
            await asyncio.sleep(0.1)


async def test_while_accounts_are_away_search_and_play_go_on(family: Family) -> None:
    viewer = await family.register("viewer")
    film = await add(family, "The Last City")
    await family.call(viewer, "GET", f"/films/{film['id']}/play")
    assert family.degraded == ""
    await family.auth.stop()
    await until_degraded(family, viewer, "accounts")
    assert await found(family, viewer) == ["The Last City"]
    await family.call(viewer, "GET", f"/films/{film['id']}/play")
    await family.auth.start()
    await until_degraded(family, viewer, "")


async def test_while_storage_is_away_search_goes_on_and_play_says_so(family: Family) -> None:
    viewer = await family.register("viewer")
    film = await add(family, "The Last City")
    await family.storage.stop()
    assert await found(family, viewer) == ["The Last City"]
    refusal = await family.call(viewer, "GET", f"/films/{film['id']}/play", 503)
    assert refusal["code"] == "STORAGE_UNAVAILABLE"
    assert refusal["retry_after_seconds"] > 0
    assert family.degraded == "storage"
    await until_degraded(family, viewer, "storage")
    await family.storage.start()
    await until_degraded(family, viewer, "")
    await family.call(viewer, "GET", f"/films/{film['id']}/play")


async def test_it_is_a_service_like_the_others(family: Family) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/movies/api/doc"):
        async with family.session.get(f"{family.movies.url}{path}") as answer:
            assert answer.status == 200, path
    await family.call("x.y.z", "GET", "/films/search", 401)
