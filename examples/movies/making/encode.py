"""Encodes a small film by ffmpeg: one MP4 file, HLS in fragmented MP4, and a poster."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEGMENT_SECONDS: Final = 4
FRAMES_A_SECOND: Final = 24
PICTURE: Final = (
    "gradients=size=640x360:rate={rate}:duration={seconds}:speed=0.02:nb_colors=4:seed={seed}"
)
SOUND: Final = "sine=frequency=196:duration={seconds}"
# Grain, so that segments have a size; a keyframe at the beginning of each.
ENCODING: Final = (
    *("-filter:v", "noise=alls=6:allf=t", "-filter:a", "volume=0.1"),
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"),
    *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})", "-sc_threshold", "0"),
    *("-c:a", "aac", "-b:a", "64k", "-ac", "2", "-movflags", "+faststart"),
)
# The filter lets ffmpeg find the codecs, which a playlist should name (RFC 8216, 4.3.4.2).
CUTTING: Final = (
    *("-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "hls", "-hls_time", str(SEGMENT_SECONDS)),
    *("-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
    *("-hls_segment_filename", "segment-%04d.m4s", "-hls_fmp4_init_filename", "init.mp4"),
    *("-master_pl_name", "master.m3u8"),
)
POSTER: Final = ("-frames:v", "1", "-filter:v", "crop=240:360,scale=400:600")
MISSING: Final = (
    "ffmpeg is not installed. On Debian and Ubuntu: apt install ffmpeg; with Homebrew: "
    "brew install ffmpeg"
)


class EncodingError(Exception):
    """Why there is no film, in words for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The files of a film; `parts` is a folder of playlists and their segments."""

    whole: Path
    poster: Path
    parts: Path

    def part_files(self) -> Iterator[Path]:
        """All files of the folder; playlists last, so that nothing they name is missing."""
        files = sorted(self.parts.iterdir())
        yield from (file for file in files if file.suffix != ".m3u8")
        yield from (file for file in files if file.suffix == ".m3u8")


def find_ffmpeg() -> str:
    """Find the program; EncodingError says how to install it."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise EncodingError(MISSING)
    return program


def encode(folder: Path, seconds: int, seed: int) -> Encoded:
    """Make a film of so many seconds in a folder; another seed has other colours. EncodingError."""
    encoded = Encoded(folder / "film.mp4", folder / "poster.jpg", folder / "parts")
    encoded.parts.mkdir()
    picture = PICTURE.format(rate=FRAMES_A_SECOND, seconds=seconds, seed=seed)
    sources = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", SOUND.format(seconds=seconds))
    whole = str(encoded.whole)
    _run(folder, *sources, *ENCODING, whole)
    _run(encoded.parts, "-i", whole, *CUTTING, "film.m3u8")
    _run(folder, "-ss", str(seconds // 2), "-i", whole, *POSTER, str(encoded.poster))
    return encoded


def _run(folder: Path, *arguments: str) -> None:
    command = [find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EncodingError(f"ffmpeg failed: {done.stderr.strip()}")
