"""Multivariant playlists: every variant once a city, so that a player may change between them.

Content Steering as of RFC 8216bis, 4.4.6.6 and 7: cities are pathways.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from services.storage.hls.attributes import unquote_value, write_attributes
from services.storage.hls.playlists import FIRST_LINE, OF_MASTER, URI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from services.storage.hls.playlists import Line, Playlist
    from services.storage.hls.references import Reference

MEDIA: Final = "#EXT-X-MEDIA"
PATHWAY: Final = "PATHWAY-ID"
GROUP: Final = "GROUP-ID"
GROUPS: Final = frozenset(("AUDIO", "VIDEO", "SUBTITLES"))
CAPTIONS: Final = "CLOSED-CAPTIONS"


def write_master(
    playlist: Playlist,
    pathways: Sequence[str],
    steering: str,
    locate: Callable[[Reference, str], str],
) -> str:
    """Write a multivariant playlist; `locate` gives the address of a variant on a pathway."""
    rows = [
        FIRST_LINE,
        f'#EXT-X-CONTENT-STEERING:SERVER-URI="{steering}",{PATHWAY}="{pathways[0]}"',
    ]
    rows += [_plain(line) for line in playlist.lines[1:] if _is_everywhere(line)]
    of_cities = (_on_pathway(playlist, pathway, locate) for pathway in pathways)
    return "\n".join((*rows, *chain.from_iterable(of_cities), ""))


def _is_everywhere(line: Line) -> bool:
    """Whether a line is not of a variant: a tag of the whole, or captions inside the video."""
    if line.text == MEDIA:
        return (line.attributes or {}).get("TYPE") == CAPTIONS
    return bool(line.text) and line.text not in OF_MASTER and line.reference is None


def _plain(line: Line) -> str:
    return line.text if line.attributes is None else _tag(line.text, line.attributes)


def _on_pathway(
    playlist: Playlist, pathway: str, locate: Callable[[Reference, str], str]
) -> Iterator[str]:
    for line in playlist.lines:
        address = line.reference and locate(line.reference, pathway)
        if line.text in OF_MASTER and not _is_everywhere(line):
            yield _tag(line.text, _of_pathway(line, pathway, address))
        elif address and not line.text:
            yield address


def _of_pathway(line: Line, pathway: str, address: str | None) -> dict[str, str]:
    """Give each city renditions of its own: their groups bear its name."""
    attributes = dict(line.attributes or {})
    if address:
        attributes[URI] = f'"{address}"'
    for name in (GROUP, *GROUPS):
        if name in attributes:
            attributes[name] = f'"{unquote_value(attributes[name])}@{pathway}"'
    if line.text != MEDIA:
        attributes[PATHWAY] = f'"{pathway}"'
    return attributes


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return f"{name}:{write_attributes(attributes)}"
