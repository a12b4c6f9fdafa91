"""Figures: how long refusals take, what time gives away, and what a thief gets."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from functools import partial
from ipaddress import ip_network
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import DummyCookieJar
from argon2 import PasswordHasher

from services.auth.mail.server import MailServer
from tests.auth.conftest import API, bearer
from tests.auth.mailbox import Mailbox
from tests.auth.reader import make_reader, seconds_until_refused, status_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Serve, Start
    from tests.conftest import Tell

LOGOUTS = 100
THEFTS = 10
AGE_USED = "UPDATE auth.refresh_tokens SET used_at = used_at - interval '301 seconds'"
ATTEMPTS = 200  # of each kind
INSERT_PEOPLE = """
INSERT INTO auth.users (username, username_key, email, email_key, password_hash)
SELECT name, name, name || '@example.com', name || '@example.com', $2
FROM (SELECT 'known-' || number AS name FROM generate_series(1, $1) AS number) AS named
"""


def in_ms(seconds: Sequence[float]) -> dict[str, float]:
    """The median, and how far the middle half of all lies apart."""
    low, middle, high = quantiles(seconds, n=4)
    return {"median_ms": round(1000 * middle, 2), "spread_ms": round(1000 * (high - low), 2)}


async def ask_all(auth: Auth, path: str, status: int, bodies: list[dict[str, Any]]) -> list[float]:
    """Ask one after the other, each from an address of its own; the seconds each took."""
    took: list[float] = []
    for number, body in enumerate(bodies):
        headers = {"X-Forwarded-For": f"198.18.{number // 200}.{number % 200 + 1}"}
        began = time.perf_counter()
        async with auth.client.post(f"{API}{path}", json=body, headers=headers) as answer:
            await answer.read()
            took.append(time.perf_counter() - began)
            assert answer.status == status, body
    return took


def names() -> list[str]:
    """Names that somebody has and that nobody has, by turns."""
    return [f"{kind}-{number}" for number in range(1, ATTEMPTS + 1) for kind in ("known", "nobody")]


def compare(what: str, took: list[float]) -> dict[str, Any]:
    """Both kinds take turns, so that whatever slows the machine down slows both of them down.

    The error of a median of 200 is a tenth of their spread: noise alone never comes near it.
    """
    known, nobody = in_ms(took[::2]), in_ms(took[1::2])
    apart = round(abs(known["median_ms"] - nobody["median_ms"]), 2)
    assert apart < max(known["spread_ms"], nobody["spread_ms"]), (what, known, nobody)
    return {"what": what, "known": known, "nobody": nobody, "medians_apart_ms": apart}


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_time_tells_nobody_who_has_an_account(
    start: Start, settings: Settings, db: Pool, tell: Tell
) -> None:
    mailbox = Mailbox()
    server = MailServer("127.0.0.1", mailbox.port, is_tls=False)
    auth = await start(
        replace(
            settings,
            http=replace(settings.http, trusted_proxies=(ip_network("127.0.0.0/8"),)),
            auth=replace(settings.auth, mail_server=server),
        )
    )
    hashed = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash("x")
    await db.execute(INSERT_PEOPLE, ATTEMPTS, hashed)
    logins = [{"username": name, "password": "not this one, at no time"} for name in names()]
    tell(**compare("login", await ask_all(auth, "/login", 401, logins)))
    resets = [{"email": f"{name}@example.com"} for name in names()]
    with mailbox.serving():
        tell(**compare("forgotten password", await ask_all(auth, "/password/forgot", 202, resets)))
        await mailbox.until(ATTEMPTS)


async def test_logout_is_noticed_by_other_services(
    auth: Auth, redis_url: str, aiohttp_client: Serve, tell: Tell
) -> None:
    url = str(auth.client.make_url(f"{API}/.well-known/jwks.json"))
    reader = await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())
    ann = await auth.register()
    took: list[float] = []
    calm: list[float] = []
    for _ in range(LOGOUTS):
        token = (await auth.login(ann["username"]))["access_token"]
        assert await status_at(reader, token) == 200
        await auth.call("POST", "/logout", 204, token)
        began = time.perf_counter()
        calm.append(await seconds_until_refused(partial(status_at, reader, token)))
        took.append(time.perf_counter() - began)
    tell(
        what="logout until refused elsewhere",
        times=LOGOUTS,
        median_ms=round(1000 * median(took), 2),
        p99_ms=round(1000 * quantiles(took, n=100)[-1], 2),
    )
    assert max(calm) < 1


async def renew(auth: Auth, who: str, token: str) -> Any:
    """Bring a refresh token; what comes back of a session, None for a refusal."""
    headers = {"User-Agent": who}
    body = {"refresh_token": token}
    async with auth.client.post(f"{API}/refresh", json=body, headers=headers) as answer:
        assert answer.status in {200, 401}
        return await answer.json() if answer.status == 200 else None


@pytest.mark.parametrize(("first", "second"), [("owner", "thief"), ("thief", "owner")])
async def test_stolen_token_ends_the_session_whoever_comes_first(
    auth: Auth, db: Pool, tell: Tell, first: str, second: str
) -> None:
    ended, later = 0, Counter[str]()
    for _ in range(THEFTS):
        ann = await auth.newcomer()
        stolen = ann["refresh_token"]
        pair = await renew(auth, first, stolen)
        await db.execute(AGE_USED)
        assert await renew(auth, second, stolen) is None
        for who, token in ((first, pair["refresh_token"]), (second, stolen)) * 2:
            later[who] += await renew(auth, who, token) is not None
        async with auth.client.get(f"{API}/me", headers=bearer(pair["access_token"])) as answer:
            ended += answer.status == 401
    tell(what=f"a token in two hands, the {first} first", ended=ended, later_successes=later)
    assert ended == THEFTS
    assert later.total() == 0
