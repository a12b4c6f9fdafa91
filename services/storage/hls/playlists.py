"""Playlists as people stored them (RFC 8216), read into what may be handed on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.storage.hls.attributes import read_attributes, unquote_value
from services.storage.hls.references import Reference, read_reference
from shared.errors import BAD_PLAYLIST, MeridianError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_LINES: Final = 50_000
LONGEST_LINE: Final = 4096
FIRST_LINE: Final = "#EXTM3U"
STREAM: Final = "#EXT-X-STREAM-INF"
OF_MASTER: Final = frozenset((STREAM, "#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM-INF"))
OF_MEDIA: Final = frozenset(("#EXTINF", "#EXT-X-TARGETDURATION", "#EXT-X-MAP"))
# Tags with attributes, some of which are addresses.
LISTS: Final = OF_MASTER | {"#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-SESSION-KEY", "#EXT-X-START"}
# What says nothing of other places. The rest is left out, as players ignore what they do not know.
PLAIN: Final = frozenset(
    f"#EXT-X-{name}"
    for name in (
        *("VERSION", "INDEPENDENT-SEGMENTS", "BYTERANGE", "DISCONTINUITY", "PROGRAM-DATE-TIME"),
        *("GAP", "BITRATE", "TARGETDURATION", "MEDIA-SEQUENCE", "DISCONTINUITY-SEQUENCE"),
        *("ENDLIST", "PLAYLIST-TYPE", "I-FRAMES-ONLY"),
    )
)
URI: Final = "URI"
SEGMENT: Final = "#EXTINF"
LONGEST_SEGMENT: Final = 86_400
DURATION: Final = re.compile(r"\d{1,6}(?:\.\d{1,12})?", re.ASCII)
# Players take some of these for the end of a line, and what follows for an address.
UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """A tag with its attributes, or an address alone; `reference` is where it leads.

    `seconds` is how long the segment behind it plays.
    """

    text: str
    attributes: Mapping[str, str] | None = None
    reference: Reference | None = None
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Playlist:
    """Lines to hand on; `is_master` when they name other playlists, `seconds` of its segments."""

    lines: Sequence[Line]
    is_master: bool
    seconds: float

    def references(self) -> set[Reference]:
        """All files that it refers to."""
        return {line.reference for line in self.lines if line.reference is not None}


def read_playlist(content: bytes) -> Playlist:
    """Read a playlist; BAD_PLAYLIST names the line and what is wrong with it."""
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise bad_playlist("it is not in UTF-8") from None
    if UNSEEN.search(text):
        raise bad_playlist("it holds control characters")
    texts = text.split("\n")
    if not texts or texts[0].rstrip() != FIRST_LINE:
        raise bad_playlist(f"it does not begin with {FIRST_LINE}", line=1)
    if len(texts) > MOST_LINES:
        raise bad_playlist(f"it has more than {MOST_LINES} lines", limit=MOST_LINES)
    lines = list(_read_lines(texts))
    return Playlist(lines, _is_master(lines), sum(line.seconds for line in lines))


def bad_playlist(reason: str, **facts: int) -> MeridianError:
    """Say why a playlist cannot be handed on, in which line, and how much it may hold."""
    refusal = MeridianError(BAD_PLAYLIST, f"The playlist cannot be played: {reason}.")
    refusal.facts = dict(facts)
    return refusal


def tag_of(text: str) -> str:
    """The name of a tag, without what follows the colon."""
    return text.partition(":")[0]


def _read_lines(texts: Sequence[str]) -> Iterator[Line]:
    for number, text in enumerate(texts, start=1):
        try:
            line = _read_line(text.rstrip())
        except ValueError as error:
            raise bad_playlist(f"line {number} holds {error}", line=number) from None
        if line is not None:
            yield line


def _read_line(text: str) -> Line | None:
    if len(text) > LONGEST_LINE:
        raise ValueError("more than a line may hold")
    if not text.startswith("#"):
        return Line("", reference=read_reference(text)) if text else None
    tag = tag_of(text)
    if tag == SEGMENT:
        return _read_segment(text)
    if tag in PLAIN or text == FIRST_LINE:
        return Line(text)
    if tag not in LISTS:
        return None
    attributes = read_attributes(text.partition(":")[2])
    reference = None
    if URI in attributes:
        reference = read_reference(unquote_value(attributes[URI]))
    return Line(tag, attributes, reference)


def _read_segment(text: str) -> Line:
    """Read how long a segment plays; its title is nobody's business."""
    duration = text.partition(":")[2].partition(",")[0].strip()
    if not DURATION.fullmatch(duration) or float(duration) > LONGEST_SEGMENT:
        raise ValueError("a duration that is no number of seconds")
    return Line(f"{SEGMENT}:{duration},", seconds=float(duration))


def _is_master(lines: Sequence[Line]) -> bool:
    tags = {tag_of(line.text) for line in lines}
    if tags & OF_MASTER and tags & OF_MEDIA:
        raise bad_playlist("it names segments and other playlists")
    return bool(tags & OF_MASTER)
