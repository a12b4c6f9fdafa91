"""The playlist of a film in a thousand segments, every one signed at the nearest city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.asking import Operation, signed
from benchmarks.operations import measure
from benchmarks.people import upload
from loadtest.options import LIBRARY

if TYPE_CHECKING:
    from uuid import UUID

    from benchmarks.bench import Bench
    from benchmarks.figures import Figure, Limit

SEGMENTS: Final = 1_000
NAME: Final = "film.m3u8"
# A player asks for it once a film.
CLIENTS: Final = 4


async def measure_playlist(bench: Bench, folder_id: UUID, limit: Limit) -> Figure:
    """Render a playlist over files of the folder of the library."""
    await upload(bench.caller, f"/{LIBRARY}", NAME, _playlist())
    url = f"{bench.own_address('storage')}/folders/{folder_id}/hls/{NAME}"
    name = f"playlist of {SEGMENTS:,} segments"
    return await measure(bench, Operation(name, [signed(bench, "GET", url)], CLIENTS), limit)


def _playlist() -> bytes:
    segments = [f"#EXTINF:4.0,\npicture%20{number}.jpg" for number in range(1, SEGMENTS + 1)]
    head = ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:4")
    return "\n".join((*head, *segments, "#EXT-X-ENDLIST", "")).encode()
