"""Sending files by a file request: for whoever has its address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.storage.client import caller_of, place_header
from services.storage.keys import DOORBELL, FLEET, POOL, RECEIVER, SETTINGS
from services.storage.opening.shown import PRIVATE, key_of
from services.storage.receiving.found_drops import get_drop_by_token
from services.storage.receiving.give_up import give_up_sent, useless_counted
from services.storage.receiving.schemas import (
    show_public_drop,
    show_sending,
    show_sending_progress,
    show_sent,
)
from services.storage.uploads.complete import complete_upload
from services.storage.uploads.part_schemas import show_parts
from services.storage.uploads.received import find_received
from services.storage.uploads.sign import sign_parts_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from services.storage.opening.schemas import Opening
    from services.storage.receiving.found_drops import Sent
    from services.storage.receiving.schemas import Sending


async def show(request: web.Request) -> web.Response:
    """Show what a file request asks for, and its limits."""
    drop = await get_drop_by_token(request.app[POOL], request.match_info["token"])
    largest = request.app[SETTINGS].rules.max_bytes
    return reply(show_public_drop(drop, largest), headers=PRIVATE)


async def open_drop(request: web.Request, body: Opening) -> web.Response:
    """Open a file request.

    Only needed where it has a password: the `pass` in the answer, as `X-Link-Pass`, sends files for
    twelve hours.
    """
    receiver = request.app[RECEIVER]
    given, sealed = await receiver.open(caller_of(request), key_of(request, body.password))
    return reply({"pass": sealed, "expires_at": given.expires_at}, headers=PRIVATE)


async def start(request: web.Request, body: Sending) -> web.Response:
    """Start to send a file.

    As an upload of one's own, into the folder of whoever asks. Where a file there has the name, the
    new one gets a number, of which the sender sees nothing.
    """
    caller = caller_of(request)
    receiver = request.app[RECEIVER]
    started = await receiver.start(caller, key_of(request), body.sender, body.new)
    headers = {**PRIVATE, **place_header(caller.place)}
    return reply(show_sending(request.app[FLEET], started, body.new.name), headers=headers)


async def show_upload(request: web.Request) -> web.Response:
    """Show what I sent and what has arrived of it; the S3 server is asked."""
    app = request.app
    sent = await _find(request)
    upload, received = await find_received(app[POOL], app[FLEET], sent.upload)
    sent = replace(sent, upload=upload)
    return reply(show_sending_progress(app[FLEET], sent, received), headers=PRIVATE)


async def sign(request: web.Request, body: Sequence[int]) -> web.Response:
    """Sign parts of what I send, the first time or again."""
    app = request.app
    sent = await _find(request)
    parts = await sign_parts_of(app[POOL], app[FLEET], app[SETTINGS].rules, sent.upload, body)
    return reply({"parts": show_parts(parts)}, headers=PRIVATE)


async def complete(request: web.Request, body: Mapping[int, str]) -> web.Response:
    """Say that the bytes are there; calling again does no harm.

    Of more than 100 parts leave the ETags out: the S3 server is asked.
    """
    app = request.app
    sent = await _find(request)
    async with useless_counted(app[RECEIVER].guard.throttle, caller_of(request), sent):
        await complete_upload(app[POOL], app[FLEET], app[DOORBELL], sent.upload, body)
    return reply(show_sent(sent), headers=PRIVATE)


async def abort(request: web.Request) -> web.Response:
    """Give up what I began to send; it makes room for others."""
    app = request.app
    sent = await _find(request)
    await give_up_sent(app[POOL], app[RECEIVER].guard.throttle, caller_of(request), sent)
    return reply_nothing()


async def _find(request: web.Request) -> Sent:
    receiver = request.app[RECEIVER]
    return await receiver.find(caller_of(request), key_of(request), path_id(request))
