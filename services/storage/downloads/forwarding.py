"""Programs that send the Authorization header on, wherever a redirect leads.

Seen with wget 1.21, wget2 1.99, aria2 1.36, axel 2.17, Python's urllib, Java's HttpClient 17,
Perl's LWP 6, and Go's net/http to another port of the host. curl 7.88, aiohttp 3.14, requests 2.34,
httpx 0.28, urllib3 2.8, Perl's HTTP::Tiny, Java's HttpURLConnection and Node's fetch drop it.
"""

from __future__ import annotations

import re

from shared.errors import TICKET_NEEDED, MeridianError

FORWARDING = re.compile(
    r"(?:^|\s)(?:wget2?|aria2|axel|python-urllib|go-http-client|java-http-client|libwww-perl)[/ ]",
    re.IGNORECASE,
)


def refuse_forwarding(user_agent: str) -> None:
    """Keep a token from another host; TICKET_NEEDED."""
    if FORWARDING.search(user_agent):
        raise MeridianError(
            TICKET_NEEDED, "Ask for an address without a token: POST /files/{id}/download-ticket."
        )
