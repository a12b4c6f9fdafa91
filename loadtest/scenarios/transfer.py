"""The bytes themselves: between a person and an S3 server, past all of our services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loadtest.scenarios.answers import count_failure, is_good
from loadtest.scenarios.content import hash_of, size_label
from loadtest.stack import is_loopback

if TYPE_CHECKING:
    from locust.contrib.fasthttp import FastHttpSession

    from loadtest.scenarios.content import Sent


class NotHereError(Exception):
    """A presigned URL that leaves this machine: nothing is sent there."""


def send_bytes(client: FastHttpSession, upload: dict[str, Any], body: Any) -> bool:
    """PUT the bytes where the upload says; whether they arrived."""
    _check(upload["url"])
    sending = client.request(
        upload["method"],
        upload["url"],
        name=f"S3: put {size_label(len(body))}",
        data=body,
        headers=upload["headers"],
        catch_response=True,
    )
    with sending as answer:
        return is_good(answer)


def fetch_bytes(client: FastHttpSession, url: str, wanted: Sent) -> None:
    """GET the bytes and compare them with what was uploaded."""
    _check(url)
    getting = client.request(
        "GET",
        url,
        name=f"S3: get {size_label(wanted.size)}",
        headers={"Accept-Encoding": "identity"},
        catch_response=True,
    )
    with getting as answer:
        if is_good(answer) and hash_of(answer.content or b"") != wanted.sha256:
            count_failure(answer, "other bytes came back than were uploaded")


def _check(url: str) -> None:
    if not is_loopback(url):
        raise NotHereError(url.partition("?")[0])
