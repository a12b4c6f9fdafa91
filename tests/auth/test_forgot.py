"""Forgotten passwords: a link by mail, over a real SMTP server, and nothing to learn from it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from environs import EnvError

from services.auth.keys import OUTGOING
from services.auth.mail.server import MailServer, read_mail_server
from services.auth.settings import read_auth
from shared.env import environment
from tests.auth.conftest import PUBLIC_URL
from tests.auth.mailbox import RESET, Mailbox, with_mail
from tests.auth.reader import AUDIT, until_waiting

if TYPE_CHECKING:
    from email.message import EmailMessage

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

NEW_PASSWORD = "nine yellow doors by the sea"
MOVE = "UPDATE auth.users SET email = $2, email_key = $2 WHERE id = $1"
LINK = re.compile(rf"{re.escape(PUBLIC_URL)}/reset/([\w-]{{43}})")


async def forget(auth: Auth, email: str, status: int = 202, **more: Any) -> Any:
    return await auth.call("POST", "/password/forgot", status, json={"email": email}, **more)


def token_in(letter: EmailMessage) -> str:
    found = LINK.search(letter.get_content())
    assert found, letter.get_content()
    return found[1]


async def until_refused(capfd: pytest.CaptureFixture[str]) -> str:
    """Wait until no mail server took a letter; all that was logged."""
    said = ""
    async with asyncio.timeout(20):
        while "mail.refused" not in said:
            await asyncio.sleep(0.02)
            said += "".join(capfd.readouterr())
    return said


async def test_link_comes_by_mail_and_works_once(
    start: Start, settings: Settings, mailbox: Mailbox, db: Pool
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    ann = await auth.newcomer()
    await forget(auth, ann["email"].upper())
    letter = await mailbox.until(1)
    assert letter["To"] == ann["email"]
    assert (letter["To"], letter["From"]) == (
        ann["email"], "Meridian <meridian@meridian.example>"
    )  # fmt: skip
    assert ann["username"] in letter.get_content()
    body = {"token": token_in(letter), "new_password": NEW_PASSWORD}
    stored = await db.fetch("SELECT row_to_json(r)::text AS row FROM auth.resets AS r")
    assert body["token"] not in str(stored)
    await auth.call("POST", "/password/reset", 204, json=body)
    await auth.login(ann["username"], NEW_PASSWORD)
    await auth.call("GET", "/me", 401, ann["access_token"])
    await auth.call("POST", "/password/reset", 404, json=body)
    lines = await db.fetch(AUDIT, ann["id"])
    assert [(line["action"], line["actor_id"] is None) for line in lines][-2:] == [
        ("reset.mailed", True), ("password.changed", False),
    ]  # fmt: skip


async def test_nobody_learns_who_has_an_account(
    start: Start, settings: Settings, mailbox: Mailbox, db: Pool
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    off, ann = await auth.newcomer(), await auth.newcomer()
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", off["id"])
    for email in ("nobody@example.com", off["email"], ann["email"]):
        assert await forget(auth, email) == {"expires_in": 3600}
    await mailbox.until(1)
    await asyncio.sleep(0.3)
    assert [letter["To"] for letter in mailbox.letters_with(RESET)] == [ann["email"]]
    await forget(auth, "no address", 422)


async def test_address_that_was_just_given_up_gets_no_link(
    start: Start, settings: Settings, mailbox: Mailbox, db: Pool
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    ann = await auth.newcomer()
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(MOVE, ann["id"], "new@example.com")
        await forget(auth, ann["email"])
        await until_waiting(db)
    await auth.client.app[OUTGOING].finish()
    assert await db.fetchval("SELECT count(*) FROM auth.resets") == 0
    assert mailbox.letters_with(RESET) == []


async def test_nobody_is_flooded_with_letters(
    start: Start, settings: Settings, mailbox: Mailbox, db: Pool
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    ann = await auth.newcomer()
    for _ in range(5):
        await forget(auth, ann["email"])
    first = token_in(await mailbox.until(1))
    await asyncio.sleep(0.3)
    assert len(mailbox.letters_with(RESET)) == 1
    await db.execute("UPDATE auth.resets SET created_at = now() - interval '6 minutes'")
    await forget(auth, ann["email"])
    body = {"token": first, "new_password": NEW_PASSWORD}
    second = token_in(await mailbox.until(2))
    await auth.call("POST", "/password/reset", 404, json=body)
    await auth.call("POST", "/password/reset", 204, json=body | {"token": second})


@pytest.mark.parametrize("used", ["by hand", "by mail"])
async def test_letter_takes_no_link_away_that_was_given_by_hand(
    start: Start, settings: Settings, mailbox: Mailbox, db: Pool, used: str
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    boss, ann = await auth.superuser(db), await auth.newcomer()
    link = await auth.call("POST", f"/users/{ann['id']}/reset", 200, boss["access_token"])
    await forget(auth, ann["email"])
    given, mailed = link["url"].rpartition("/")[2], token_in(await mailbox.until(1))
    first, other = (given, mailed) if used == "by hand" else (mailed, given)
    for token, status in ((first, 204), (other, 404)):
        body = {"token": token, "new_password": NEW_PASSWORD}
        await auth.call("POST", "/password/reset", status, json=body)
    assert await db.fetchval("SELECT count(*) FROM auth.resets") == 0


async def test_who_asks_too_often_has_to_wait(
    start: Start, settings: Settings, mailbox: Mailbox
) -> None:
    auth = await start(with_mail(settings, mailbox.port))
    for number in range(21):
        await forget(auth, f"nobody-{number}@example.com")
    problem = await forget(auth, "nobody@example.com", 429)
    assert problem["code"] == "TOO_MANY_ATTEMPTS"


async def test_letter_waits_for_a_server_that_comes_back(
    start: Start, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    box = Mailbox()
    auth = await start(with_mail(settings, box.port))
    ann = await auth.newcomer()
    await forget(auth, ann["email"], headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    said = await until_refused(capfd)
    with box.serving():
        letter = await box.until(1)
    assert letter["Subject"] == "Новый пароль для Meridian"
    said += "".join(capfd.readouterr())
    assert token_in(letter) not in said
    assert ann["email"] not in said


async def test_password_is_not_sent_in_the_clear(
    start: Start, settings: Settings, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    auth = await start(with_mail(settings, mailbox.port, "boat-lamp"))
    ann = await auth.newcomer()
    await forget(auth, ann["email"])
    said = await until_refused(capfd)
    assert mailbox.letters == []
    assert "boat-lamp" not in said


async def test_without_mail_it_is_said_who_can_help(auth: Auth) -> None:
    problem = await forget(auth, "ann@example.com", 409)
    assert problem["code"] == "MAIL_NOT_SET_UP"
    assert "administrator" in problem["detail"]


def test_mail_server_is_read() -> None:
    assert read_mail_server("smtp://mail.example") == MailServer("mail.example", 587, is_tls=False)
    known = read_mail_server("smtps://ann%40x:p%2Fw@mail.example:2465")
    assert known == MailServer("mail.example", 2465, is_tls=True, username="ann@x", password="p/w")
    assert "p/w" not in repr(known)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://a/b"])
def test_what_is_no_mail_server_is_said(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MERIDIAN_SMTP_URL", url)
    with pytest.raises(EnvError, match="MERIDIAN_SMTP_URL"):
        read_auth(environment())
