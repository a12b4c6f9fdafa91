"""One scrape answers for all processes of a service.

Processes that share a port are told apart by nobody outside, so each also listens on a Unix
socket in a private folder, and the one that is asked for /metrics asks the others there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from shared.metrics import merge_metrics, metrics_text

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_SECONDS: Final = 1

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(slots=True)
class Siblings:
    """The folder of sockets and our own name in it; no folder when we are alone."""

    folder: Path | None = None
    name: str = "0"


OURS: Final = Siblings()


async def join_siblings(folder: Path, name: str) -> asyncio.Server:
    """Let the others read our figures."""
    OURS.folder = folder
    OURS.name = name
    return await asyncio.start_unix_server(_tell, folder / name)


async def metrics_of_service() -> str:
    """Collect the figures of every process; one that does not answer is left out."""
    if OURS.folder is None:
        return metrics_text()
    names = sorted(path.name for path in OURS.folder.iterdir())
    texts = await asyncio.gather(*(_ask(OURS.folder / name) for name in names))
    return merge_metrics({name: text for name, text in zip(names, texts, strict=True) if text})


async def _tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(metrics_text().encode())
    writer.close()
    await writer.wait_closed()


async def _ask(path: Path) -> str:
    if path.name == OURS.name:
        return metrics_text()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            text = await reader.read()
    except OSError as error:
        log.warning("sibling is silent", process=path.name, error=repr(error))
        return ""
    writer.close()
    return text.decode()
