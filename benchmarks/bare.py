"""The least an aiohttp service can do: `python -m benchmarks.bare PORT` answers a small JSON."""

from __future__ import annotations

import sys

from aiohttp import web

ANSWER = {"user_id": "5a1c7c4e-0d57-4b0e-9b9e-0c8f6a1f7a11", "is_superuser": False}


async def answer(_request: web.Request) -> web.Response:
    """Answer the same every time."""
    return web.json_response(ANSWER)


if __name__ == "__main__":
    app = web.Application()
    app.router.add_get("/", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
