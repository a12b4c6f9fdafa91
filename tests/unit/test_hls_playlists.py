"""Playlists of strangers: read strictly, and nothing of them handed on that leads elsewhere."""

from __future__ import annotations

import pytest

from services.storage.hls.attributes import read_attributes
from services.storage.hls.master import write_master
from services.storage.hls.playlists import MOST_LINES, read_playlist
from services.storage.hls.references import Reference, read_reference
from shared.errors import BAD_PLAYLIST, MeridianError

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-CONTENT-STEERING:SERVER-URI="https://elsewhere.example/steer"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Русский, оригинал",URI="audio/ru.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",INSTREAM-ID="CC1"
#EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO="a",CLOSED-CAPTIONS="cc",PATHWAY-ID="x"
video/low.m3u8
"""


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("a.ts", "", "a.ts"),
        ("video/a%20b.ts", "video/", "a b.ts"),
        ("a/b/c.ts", "a/b/", "c.ts"),
        ("e%CC%81.ts", "", "\u00e9.ts"),
    ],
)
def test_what_lies_below_is_found(text: str, folder: str, name: str) -> None:
    assert read_reference(text) == Reference(folder, name)


@pytest.mark.parametrize(
    "text",
    [
        *("https://elsewhere.example/a.ts", "//elsewhere.example/a.ts", "/etc/passwd", "data:,x"),
        *("../a.ts", "a/../b.ts", "./a.ts", "a//b.ts", "a/", "%2e%2e/a.ts", "a%2Fb.ts", "a%00.ts"),
        *("\\\\elsewhere\\a.ts", "a\\b.ts", "a.ts?x=1", "a.ts#x", "%zz.ts", "%ff.ts"),
        *("/".join("abcdefghij"), "a" * 3000, "skd://key"),
    ],
)
def test_what_leads_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an address"):
        read_reference(text)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "does not begin"),
        (b"#EXTINF:4,\na.ts\n", "does not begin"),
        (b"\xff\xfe#EXTM3U", "not in UTF-8"),
        (b"#EXTM3U\n#EXTINF:4,x\rhttps://elsewhere.example/\na.ts\n", "control characters"),
        ("#EXTM3U\n#EXTINF:4,x\u2028https://elsewhere.example/\na.ts\n".encode(), "control"),
        (b"#EXTM3U\n" * (MOST_LINES + 1), "more than"),
        (b"#EXTM3U\n" + b"#" * 5000, "line 2 holds more than a line may hold"),
        (b"#EXTM3U\n#EXTINF:nan,\na.ts\n", "line 2 holds a duration"),
        (b"#EXTM3U\n#EXTINF:1e9,\na.ts\n", "line 2 holds a duration"),
        (b"#EXTM3U\n#EXTINF:-1,\na.ts\n", "line 2 holds a duration"),
        (b"#EXTM3U\n#EXTINF:4,\nhttps://elsewhere.example/a.ts\n", "line 3 holds an address"),
        (b'#EXTM3U\n#EXT-X-MAP:URI="../init.mp4"\n', "line 2 holds an address"),
        (b"#EXTM3U\n#EXT-X-MAP:URI=init.mp4\n", "line 2 holds an address without quotes"),
        (b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="https://e.example/k"\n', "line 2 holds"),
        (b'#EXTM3U\n#EXT-X-MAP:URI="a",URI="b"\n', "line 2 holds an attribute"),
        (b'#EXTM3U\n#EXT-X-MAP:URI="a"b\n', "line 2 holds a list"),
        (b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXTINF:4,\nb.ts\n", "segments and"),
    ],
)
def test_a_hostile_playlist_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(MeridianError, match=reason) as refused:
        read_playlist(content)
    assert refused.value.problem is BAD_PLAYLIST


def test_what_nobody_needs_is_left_out() -> None:
    text = (
        '#EXTM3U\r\n#EXT-X-DATERANGE:ID="ad",X-ASSET-URI="https://elsewhere.example/"\r\n'
        "# by hand\r\n#EXTINF:4.5,a title\r\na.ts\r\n#EXT-X-ENDLIST\r\n"
    )
    playlist = read_playlist(text.encode())
    assert [line.text for line in playlist.lines] == [
        "#EXTM3U",
        "#EXTINF:4.5,",
        "",
        "#EXT-X-ENDLIST",
    ]
    assert playlist.references() == {Reference("", "a.ts")}
    assert (playlist.is_master, playlist.seconds) == (False, 4.5)


def test_each_city_has_variants_and_renditions_of_its_own() -> None:
    playlist = read_playlist(MASTER.encode())
    assert playlist.is_master

    def locate(reference: Reference, city: str) -> str:
        return f"{reference.name}?city={city}"

    written = write_master(playlist, ["oslo", "lima"], "steering.json", locate)
    expected = [
        "#EXTM3U",
        '#EXT-X-CONTENT-STEERING:SERVER-URI="steering.json",PATHWAY-ID="oslo"',
        "#EXT-X-VERSION:7",
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",INSTREAM-ID="CC1"',
    ]
    for city in ("oslo", "lima"):
        expected += [
            (
                f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a@{city}",NAME="Русский, оригинал",'
                f'URI="ru.m3u8?city={city}"'
            ),
            (
                f'#EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO="a@{city}",CLOSED-CAPTIONS="cc",'
                f'PATHWAY-ID="{city}"'
            ),
            f"low.m3u8?city={city}",
        ]
    assert written.splitlines() == expected


def test_attributes_keep_their_quotes() -> None:
    text = 'A="x,y=z",B=1x2,C-D=NO'
    assert read_attributes(text) == {"A": '"x,y=z"', "B": "1x2", "C-D": "NO"}
