"""`python -m services.local.edge`: the front of one city, in the foreground."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

import click
from aiohttp import web

from services.local.edge.app import EdgeSettings, make_app

STOP_SECONDS = 1.0
HOOK_VARIABLE = "MERIDIAN_EDGE_HOOK_SECRET"
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(help="Stand in front of an S3 server until SIGTERM.")
@click.option("--port", type=int, required=True, help="where to listen, on loopback")
@click.option("--node", required=True, help="address of the S3 server behind the edge")
@click.option("--folder", type=FOLDER, required=True, help="where it keeps its buckets")
@click.option("--hook-url", required=True, help="where events are posted, with a bearer secret")
@click.option("--plain", is_flag=True, help="the server needs nothing but faults added")
def main(port: int, **settings: Any) -> None:  # noqa: WPS216 one an option
    """Serve one city; the secret of the webhook comes from the environment."""
    secret = os.environ[HOOK_VARIABLE]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(serve(port, EdgeSettings(hook_secret=secret, **settings)))


async def serve(port: int, settings: EdgeSettings) -> None:
    """Listen until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(
        make_app(settings), access_log=None, auto_decompress=False, shutdown_timeout=STOP_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await stopped.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
