"""Programs that send the Authorization header on, wherever a redirect leads.

Seen with wget 1.21, wget2 1.99, aria2 1.36, axel 2.17, Python's urllib, and Go's net/http to
another port of the host. curl 7.88, aiohttp 3.14 and Node's fetch drop it.
"""

from __future__ import annotations

import re

from shared.errors import TICKET_NEEDED, MeridianError

FORWARDING = re.compile("(?:wget2?|aria2|axel|python-urllib|go-http-client)[/ ]", re.IGNORECASE)


def refuse_forwarding(user_agent: str) -> None:
    """Keep a token from another host; TICKET_NEEDED."""
    if FORWARDING.match(user_agent):
        raise MeridianError(
            TICKET_NEEDED, "Ask for an address without a token: POST /files/{id}/download-ticket."
        )
