"""`python -m examples.movies.make_film`: a small real film, brought to the films service."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import aiohttp
import click

from examples.movies.making.encode import EncodingError, encode, find_ffmpeg
from examples.movies.making.stack import Stack, StackError, find_stack
from examples.movies.making.upload import sign_in, upload_film

FILMS: Final = "/movies/api/v1/films"
TOP: Final = "/films"
COPY_SECONDS: Final = 60
LONGEST_SECONDS: Final = 600
SECONDS: Final = 90
YEAR: Final = 2026
OPTIONS: list[click.Parameter] = [
    click.Option(["--title"], default="The Last City", show_default=True, help="Its title."),
    click.Option(["--year"], type=int, default=YEAR, show_default=True, help="Its year."),
    click.Option(
        ["--genre", "genres"], multiple=True, help="A word in small letters; may be repeated."
    ),
    click.Option(
        ["--seconds"],
        type=click.IntRange(8, LONGEST_SECONDS),
        default=SECONDS,
        show_default=True,
        help="How long it plays.",
    ),
    click.Option(
        ["--permission"],
        default="films.view",
        show_default=True,
        help="Who may see and play it: give it to a role.",
    ),
    click.Option(["--address"], help="Another Meridian than the one that runs in MERIDIAN_HOME."),
]


def make_film(
    address: str | None, seconds: int, title: str, genres: tuple[str, ...], **said: Any
) -> None:
    """Make a small film with sound, upload it as MP4 and as HLS, and add it to the programme.

    It needs ffmpeg, and a stack that runs: `make run`. Prints the address where it plays.
    """
    film = {"title": title, "genres": list(genres), **said}
    try:
        find_ffmpeg()
        shown = asyncio.run(_bring(find_stack(address), seconds, film))
    except (EncodingError, StackError) as error:
        raise click.ClickException(str(error)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise click.ClickException(f"Meridian does not answer: {error!r}") from error
    click.echo(shown)


async def _bring(stack: Stack, seconds: int, film: dict[str, Any]) -> str:
    title = film["title"]
    with tempfile.TemporaryDirectory() as folder:
        encoded = await asyncio.to_thread(encode, Path(folder), seconds, crc32(title.encode()))
        async with aiohttp.ClientSession() as session:
            owner = await sign_in(session, stack.address, stack.owner)
            curator = await sign_in(session, stack.address, stack.curator)
            files = await upload_film(owner, encoded, f"{TOP}/{title.replace('/', '-')}")
            made = await curator.call("POST", FILMS, {**film, **files})
            if not await owner.wait_for_cities(files["folder_id"], COPY_SECONDS):
                click.echo("Not all of it is in every city yet.", err=True)
    return f"{stack.address}/films/{made['id']}"


main: Final = click.Command(
    "make_film",
    callback=make_film,
    params=OPTIONS,
    help=make_film.__doc__,
    context_settings={"help_option_names": ("-h", "--help")},
)

if __name__ == "__main__":
    main()
