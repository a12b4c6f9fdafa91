"""What people ask for most, of somebody who has ten thousand files and as long a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from benchmarks.asking import Operation, signed
from benchmarks.operations import measure
from benchmarks.playlists import measure_playlist
from benchmarks.raw import A_PAGE, OWNER_OF_FOLDER, bare_select
from loadtest.library import library

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.figures import Figure

FILES: Final = 10_000
PAGE: Final = 50
LONGEST_PAGE: Final = 200


async def measure_growth(bench: Bench) -> list[Figure]:
    """Lists from their beginning and from the middle, a search, and the history."""
    me = await bench.caller.call("GET", f"{bench.caller.stack.auth}/me")
    async with library(bench.database_url, UUID(me["id"]), FILES) as folder_id:
        place = f"folder_id={folder_id}"
        questions = {
            f"list {PAGE} of {FILES:,} files": f"/files?{place}",
            "… by size": f"/files?{place}&sort=size&order=desc",
            "… from the middle": await _from_the_middle(bench, f"/files?{place}"),
            "search by a part of a name": f"/files?{place}&q=TURE+77",
            "history": "/actions?",
            "history from the middle": await _from_the_middle(bench, "/actions?"),
        }
        limit = await bare_select(bench, f"{PAGE} rows", A_PAGE, folder_id, OWNER_OF_FOLDER)
        address = bench.own_address("storage")
        figures = [
            await measure(
                bench,
                Operation(name, [signed(bench, "GET", f"{address}{path}&limit={PAGE}")]),
                limit,
            )
            for name, path in questions.items()
        ]
        return [*figures, await measure_playlist(bench, folder_id, limit)]


async def _from_the_middle(bench: Bench, path: str) -> str:
    """The same list, from where half of it has been seen."""
    url = f"{bench.caller.stack.storage}{path}&limit={LONGEST_PAGE}"
    cursor = ""
    for _ in range(FILES // LONGEST_PAGE // 2):
        page = await bench.caller.call("GET", f"{url}{cursor}")
        cursor = f"&cursor={page['next']}"
    return f"{path}{cursor}"
