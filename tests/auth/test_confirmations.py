"""Addresses are confirmed by a letter, over a real SMTP server."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from services.auth.attempts import lanes
from services.auth.mail import outgoing
from tests.auth.conftest import PASSWORD, PUBLIC_URL
from tests.auth.mailbox import RESET, with_mail
from tests.auth.reader import AGE_PROOFS, AUDIT

if TYPE_CHECKING:
    from email.message import EmailMessage

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start
    from tests.auth.mailbox import Mailbox

CONFIRM = "/confirm/"
LINK = re.compile(rf"{re.escape(PUBLIC_URL)}{CONFIRM}([\w-]{{43}})")
RUSSIAN = {"Accept-Language": "ru-RU,ru;q=0.9"}


@pytest.fixture
async def auth(start: Start, settings: Settings, mailbox: Mailbox) -> Auth:
    """A service that sends mail."""
    return await start(with_mail(settings, mailbox.port))


def token_in(letter: EmailMessage) -> str:
    found = LINK.search(letter.get_content())
    assert found, letter.get_content()
    return found[1]


async def confirm(auth: Auth, token: str, status: int = 204) -> Any:
    return await auth.call("POST", "/email/confirm", status, json={"token": token})


async def ask_again(auth: Auth, person: dict[str, Any], status: int = 202, **more: Any) -> Any:
    path = "/me/email/confirmation"
    return await auth.call("POST", path, status, person["access_token"], **more)


async def is_confirmed(auth: Auth, person: dict[str, Any]) -> bool:
    me = await auth.call("GET", "/me", 200, person["access_token"])
    return me["email_confirmed_at"] is not None


async def test_new_account_gets_a_letter_that_confirms_its_address(
    auth: Auth, mailbox: Mailbox, db: Pool
) -> None:
    assert (await auth.call("GET", "/providers", 200))["mail"] is True
    ann = await auth.newcomer()
    assert ann["email_confirmed_at"] is None
    letter = await mailbox.until(1, CONFIRM)
    assert (letter["To"], letter["Subject"]) == (ann["email"], "Confirm your address for Meridian")
    await confirm(auth, token_in(letter))
    assert await is_confirmed(auth, ann)
    problem = await confirm(auth, token_in(letter), 404)
    assert problem["code"] == "CONFIRMATION_NOT_FOUND"
    line = (await db.fetch(AUDIT, ann["id"]))[-1]
    assert (line["action"], str(line["actor_id"])) == ("email.confirmed", ann["id"])
    assert line["after"] == {"email": ann["email"]}
    problem = await ask_again(auth, ann, 409)
    assert problem["code"] == "EMAIL_CONFIRMED"


async def test_another_address_is_confirmed_anew(auth: Auth, mailbox: Mailbox, db: Pool) -> None:
    ann = await auth.newcomer()
    await confirm(auth, token_in(await mailbox.until(1, CONFIRM)))
    token, address = ann["access_token"], f"new-{ann['email']}"
    await auth.call("PATCH", "/me", 200, token, json={"email": address})
    letter = await mailbox.until(2, CONFIRM)
    assert letter["To"] == address
    assert not await is_confirmed(auth, ann)
    await confirm(auth, token_in(letter))
    assert await is_confirmed(auth, ann)
    # The same address, and other names: it stays confirmed, and nobody has to show who he is.
    await db.execute(AGE_PROOFS)
    await auth.call("PATCH", "/me", 200, token, json={"email": address, "first_name": "Ann"})
    assert await is_confirmed(auth, ann)
    changed = (await db.fetch(AUDIT, ann["id"]))[-1]
    assert (changed["action"], str(changed["actor_id"])) == ("user.changed", ann["id"])
    assert (changed["before"]["first_name"], changed["after"]["first_name"]) == ("", "Ann")
    await auth.call("PATCH", "/me", 403, token, json={"email": ann["email"]})
    assert len(mailbox.letters) == 2


async def test_link_of_an_address_that_was_given_up_confirms_nothing(
    auth: Auth, mailbox: Mailbox, db: Pool
) -> None:
    ann = await auth.newcomer()
    letter = await mailbox.until(1, CONFIRM)
    await db.execute("UPDATE auth.users SET email_key = 'a@b.example' WHERE id = $1", ann["id"])
    await confirm(auth, token_in(letter), 404)
    assert not await is_confirmed(auth, ann)


async def test_administrator_changes_an_address(auth: Auth, mailbox: Mailbox, db: Pool) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    path, address = f"/users/{ann['id']}", f"new-{ann['email']}"
    await auth.call("PATCH", path, 200, boss["access_token"], json={"first_name": "Ann"})
    changed = await auth.call("PATCH", path, 200, boss["access_token"], json={"email": address})
    assert changed["email_confirmed_at"] is None
    letter = await mailbox.until(3, CONFIRM)
    assert letter["To"] == address


async def test_letter_is_sent_once_more_in_the_language_of_who_asks(
    auth: Auth, mailbox: Mailbox, db: Pool
) -> None:
    ann = await auth.newcomer()
    first = token_in(await mailbox.until(1, CONFIRM))
    assert await ask_again(auth, ann, headers=RUSSIAN) == {"expires_in": 86_400}
    letter = await mailbox.until(2, CONFIRM)
    assert letter["Subject"] == "Подтвердите адрес для Meridian"
    await confirm(auth, first, 404)
    await db.execute("UPDATE auth.confirmations SET expires_at = now()")
    await confirm(auth, token_in(letter), 404)
    assert not await is_confirmed(auth, ann)


async def test_nobody_is_flooded_with_letters(auth: Auth, mailbox: Mailbox) -> None:
    ann = await auth.newcomer()
    for _ in range(5):
        await ask_again(auth, ann)
    problem = await ask_again(auth, ann, 429)
    assert problem["code"] == "TOO_MANY_ATTEMPTS"
    await mailbox.until(6, CONFIRM)
    # Registering goes on: only the letter waits.
    await auth.newcomer()
    await mailbox.until(7, CONFIRM)


async def test_nobody_floods_others_with_letters(auth: Auth, mailbox: Mailbox) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    token = ann["access_token"]
    for number in range(30):
        email = f"{number}-{ann['email']}"
        await auth.call("PATCH", "/me", 200, token, json={"email": email})
    assert (await ask_again(auth, ann, 429))["code"] == "TOO_MANY_ATTEMPTS"
    await auth.call("POST", "/password/forgot", 202, json={"email": bob["email"]})
    await mailbox.until(1, RESET)
    await ask_again(auth, bob)
    await mailbox.until(13, CONFIRM)
    to_ann = [one for one in mailbox.letters_with(CONFIRM) if ann["email"] in one["To"]]
    assert len(to_ann) == 11


async def test_one_place_sends_letters_to_so_many(
    start: Start, settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, db: Pool
) -> None:
    monkeypatch.setattr(lanes, "SENDERS", replace(lanes.SENDERS, free=3))
    proxied = replace(settings.http, trusted_proxies=(ip_network("127.0.0.0/8"),))
    auth = await start(replace(with_mail(settings, mailbox.port), http=proxied))
    boss = await auth.superuser(db)
    ann, *_, zoe = [await auth.newcomer() for _ in range(6)]
    await mailbox.until(4, CONFIRM)
    assert (await ask_again(auth, zoe, 429))["code"] == "TOO_MANY_ATTEMPTS"
    # Somewhere else, and by an administrator, they go on.
    await ask_again(auth, ann, headers={"X-Forwarded-For": "203.0.113.9"})
    await mailbox.until(5, CONFIRM)
    made = {"username": "max", "email": "max@example.com", "password": PASSWORD}
    await auth.call("POST", "/users", 201, boss["access_token"], json=made)
    assert (await mailbox.until(6, CONFIRM))["To"] == "max@example.com"
    assert len(mailbox.letters) == 6


async def test_addresses_to_confirm_leave_room_for_forgotten_passwords(
    start: Start, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "LETTERS_WAITING", 3)
    auth = await start(with_mail(settings, 9))
    *_, zoe = [await auth.newcomer() for _ in range(4)]
    for _ in range(7):
        assert (await ask_again(auth, zoe, 503))["code"] == "MAIL_BUSY"
    await auth.call("POST", "/password/forgot", 202, json={"email": zoe["email"]})


async def test_guessing_links_is_slowed_down(auth: Auth) -> None:
    for number in range(21):
        await confirm(auth, f"nonsense-{number}", 404)
    assert (await confirm(auth, "nonsense", 429))["code"] == "TOO_MANY_ATTEMPTS"


async def test_who_is_switched_off_confirms_nothing(auth: Auth, mailbox: Mailbox, db: Pool) -> None:
    ann = await auth.newcomer()
    letter = await mailbox.until(1, CONFIRM)
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", ann["id"])
    await confirm(auth, token_in(letter), 404)


async def test_registering_does_not_wait_for_the_mail_server(
    start: Start, settings: Settings, mailbox: Mailbox
) -> None:
    auth = await start(with_mail(settings, 9))
    async with asyncio.timeout(10):
        ann = await auth.newcomer()
        assert ann["email_confirmed_at"] is None
        await ask_again(auth, ann)


async def test_without_mail_nothing_is_to_be_confirmed(start: Start, settings: Settings) -> None:
    auth = await start(settings)
    assert (await auth.call("GET", "/providers", 200))["mail"] is False
    problem = await ask_again(auth, await auth.newcomer(), 409)
    assert problem["code"] == "MAIL_NOT_SET_UP"
