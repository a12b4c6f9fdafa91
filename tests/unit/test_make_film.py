"""The small film of the example: what it is made of, and what is said when it cannot be made."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from examples.movies.make_film import main
from examples.movies.making.encode import EncodingError, encode
from examples.movies.making.stack import Account, StackError, find_stack
from services.storage.hls.playlists import read_playlist

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 9
needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="there is no ffmpeg: apt install ffmpeg"
)
ACCOUNTS = [
    {"username": "demo", "password": "a", "is_superuser": False},
    {"username": "admin", "password": "b", "is_superuser": True},
    {"username": "cinema", "password": "c", "is_superuser": False},
]


@needs_ffmpeg
def test_a_film_is_one_file_and_a_folder_that_storage_can_play(tmp_path: Path) -> None:
    encoded = encode(tmp_path, SECONDS, seed=1)
    assert b"ftyp" in encoded.whole.read_bytes()[:12]
    assert encoded.poster.read_bytes().startswith(b"\xff\xd8")
    names = [file.name for file in encoded.part_files()]
    assert names == [
        "init.mp4",
        *(f"segment-{number:04}.m4s" for number in range(3)),
        "film.m3u8",
        "master.m3u8",
    ]
    master = read_playlist((encoded.parts / "master.m3u8").read_bytes())
    film = read_playlist((encoded.parts / "film.m3u8").read_bytes())
    assert (master.is_master, film.is_master) == (True, False)
    assert film.seconds == pytest.approx(SECONDS, abs=0.2)
    assert {reference.name for reference in film.references()} == set(names[:4])


@needs_ffmpeg
def test_why_ffmpeg_failed_is_said(tmp_path: Path) -> None:
    with pytest.raises(EncodingError, match=r"ffmpeg failed: .*duration"):
        encode(tmp_path, -1, seed=1)


def test_without_ffmpeg_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 1
    assert "apt install ffmpeg" in done.output


def test_the_local_stack_is_found_with_who_may_change_films(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERIDIAN_HOME", str(tmp_path))
    with pytest.raises(StackError, match="make run"):
        find_stack(None)
    told = {"address": "http://localhost:8080", "accounts": ACCOUNTS}
    (tmp_path / "run.json").write_text(json.dumps(told))
    stack = find_stack(None)
    assert (stack.curator, stack.owner) == (Account("admin", "b"), Account("cinema", "c"))


def test_another_stack_takes_two_accounts_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("MERIDIAN_")]:
        monkeypatch.delenv(name)
    with pytest.raises(StackError, match="MERIDIAN_MOVIES_PASSWORD"):
        find_stack("https://files.example.com/")
    for kind in ("", "MOVIES_"):
        monkeypatch.setenv(f"MERIDIAN_{kind}USERNAME", f"{kind}name")
        monkeypatch.setenv(f"MERIDIAN_{kind}PASSWORD", "p")
    stack = find_stack("https://files.example.com/")
    assert stack.address == "https://files.example.com"
    assert (stack.curator.username, stack.owner.username) == ("name", "MOVIES_name")
