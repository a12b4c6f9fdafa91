"""Social login over real HTTP: with an honest provider, and with every kind of liar."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar
from jwcrypto.jwk import JWK
from yarl import URL

from services.auth.attempts.lanes import ADDRESS
from services.auth.social import commands, documents, flow
from services.auth.social.commands import WantedProvider
from services.auth.social.presets import PRESETS
from shared import outbound
from shared.vault import Vault
from tests.auth.conftest import API, PUBLIC_URL, parts_of, run_command
from tests.auth.oidc import CLIENT, SECRET, Account, Oidc, s256
from tests.auth.reader import AGE_PROOFS, AUDIT, until_waiting
from tests.world.calm import calm_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Start

CALLBACK = "/oauth/office/callback"
INSERT_IDENTITY = """
INSERT INTO auth.identities (user_id, issuer, subject)
VALUES ($1::uuid, 'https://login.example', $1::uuid::text || $2)
"""


@pytest.fixture
async def oidc(auth: Auth) -> AsyncIterator[Oidc]:
    """A provider that we know as `office`."""
    provider = Oidc()
    await provider.start()
    await know(auth, provider, "office")
    yield provider
    await provider.server.close()


async def know(auth: Auth, provider: Oidc, name: str) -> None:
    wanted = WantedProvider(name, CLIENT, SECRET, issuer=provider.issuer, title="Our work")
    await commands.set_provider(auth.settings.shared, wanted)


class Browser:
    """Follows redirects by itself, and keeps the cookies of our side."""

    def __init__(self, auth: Auth) -> None:
        self.auth = auth
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, status: int, **headers: str) -> Any:
        sent = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        body = await self.auth.call(
            "GET", path, status, headers=sent | headers, allow_redirects=False
        )
        self.keep()
        return body

    def keep(self) -> None:
        assert self.auth.last is not None
        for name, morsel in self.auth.last.cookies.items():
            self.cookies[name] = morsel.value
            if not morsel.value:
                del self.cookies[name]

    @property
    def location(self) -> str:
        assert self.auth.last is not None
        return self.auth.last.headers["Location"]

    async def leave(self, name: str = "office", **query: str) -> str:
        """Begin to sign in; where the provider sends us back to."""
        path = f"/oauth/{name}/login"
        await self.get(f"{path}?{urlencode(query)}" if query else path, 302)
        return await follow(self.location)

    async def sign_in(self, status: int = 302, **query: str) -> Any:
        """Go there and come back."""
        return await self.get(await self.leave(**query), status)

    async def tokens(self) -> Any:
        """What the page gets for the cookie."""
        cookie = {"Cookie": f"meridian_refresh={self.cookies['meridian_refresh']}"}
        return await self.auth.call("POST", "/refresh", 200, json={}, headers=cookie)

    async def refused(self, code: str = "SOCIAL_LOGIN_FAILED", status: int = 401) -> None:
        """Go there and come back as nobody."""
        assert (await self.sign_in(status))["code"] == code
        assert "meridian_refresh" not in self.cookies


async def follow(url: str) -> str:
    """Let the provider send us back; the path of our callback with what it tells."""
    async with (
        ClientSession(cookie_jar=DummyCookieJar()) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        assert answer.status == 302, await answer.text()
        back = answer.headers["Location"]
    assert back.startswith(f"{PUBLIC_URL}{API}/oauth/")
    return back.removeprefix(f"{PUBLIC_URL}{API}")


async def count(db: Pool, table: str) -> Any:
    return await db.fetchval(f"SELECT count(*) FROM auth.{table}")


async def test_stranger_gets_an_account_and_comes_back_to_it(
    auth: Auth, oidc: Oidc, db: Pool
) -> None:
    oidc.account = Account(
        email="Ann.Lee@example.com",
        more={"preferred_username": "ann lee", "given_name": "Ann", "family_name": "Lee"},
    )
    browser = Browser(auth)
    await browser.sign_in(return_to="/folders/7?x=1")
    assert browser.location == "/folders/7?x=1"
    pair = await browser.tokens()
    me = await auth.call("GET", "/me", 200, pair["access_token"])
    assert (me["username"], me["email"]) == ("annlee", "Ann.Lee@example.com")
    assert (me["first_name"], me["last_name"], me["roles"]) == ("Ann", "Lee", ["member"])
    oidc.account.email = "other@example.com"
    again = Browser(auth)
    await again.sign_in()
    assert again.location == "/"
    same = await auth.call("GET", "/me", 200, (await again.tokens())["access_token"])
    assert same == me
    methods = await db.fetch("SELECT DISTINCT method FROM auth.sessions")
    assert [row["method"] for row in methods] == ["office"]
    listed = await auth.call("GET", "/me/identities", 200, pair["access_token"])
    (linked,) = listed["items"]
    assert (linked["provider"], linked["title"]) == ("office", "Our work")
    assert linked["email"] == "other@example.com"
    actions = [line["action"] for line in await db.fetch(AUDIT, me["id"])]
    assert actions == ["user.created"]
    assert [line["action"] for line in await db.fetch(AUDIT, linked["id"])] == ["identity.linked"]


async def test_way_there_is_as_the_standards_want_it(auth: Auth, oidc: Oidc) -> None:
    browser = Browser(auth)
    await browser.get("/oauth/office/login", 302)
    assert auth.last is not None
    url = urlsplit(browser.location)
    asked = {name: texts[0] for name, texts in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{oidc.issuer}/authorize"
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == f"{PUBLIC_URL}{API}{CALLBACK}"
    assert asked["scope"] == "openid email profile"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    (cookie,) = auth.last.cookies.values()
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["path"], cookie["max-age"]) == (f"{API}/oauth", "600")
    kept = flow.unseal(Vault(auth.settings.shared.secret_keys), cookie.value)
    assert kept is not None
    assert s256(kept.verifier) == asked["code_challenge"]
    for secret in (kept.verifier, kept.nonce, kept.state):
        assert secret not in cookie.value
    await browser.get("/oauth/office/login", 302)
    assert browser.location != url.geturl()
    assert len(browser.cookies) == 2  # two tabs may be on their way


async def test_two_tabs_do_not_disturb_each_other(auth: Auth, oidc: Oidc) -> None:
    oidc.account.email = "ann@example.com"
    browser = Browser(auth)
    first, second = await browser.leave(return_to="/a"), await browser.leave(return_to="/b")
    await browser.get(first, 302)
    assert browser.location == "/a"
    await browser.get(second, 302)
    assert browser.location == "/b"
    assert not [name for name in browser.cookies if name.startswith("meridian_oauth")]


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_good_algorithms(auth: Auth, oidc: Oidc, alg: str) -> None:
    kinds: dict[str, Any] = {
        "ES256": {"kty": "EC", "crv": "P-256"},
        "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
    }
    oidc.alg = alg
    if alg in kinds:
        oidc.key = JWK.generate(**kinds[alg], kid="two")
    oidc.account.email = "ann@example.com"
    await Browser(auth).sign_in()


async def test_secret_goes_into_the_form_where_that_is_wanted(auth: Auth, oidc: Oidc) -> None:
    oidc.lies["discovery"] = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    oidc.account.email = "ann@example.com"
    await Browser(auth).sign_in()


async def test_user_info_completes_what_a_token_says(auth: Auth, oidc: Oidc) -> None:
    oidc.in_userinfo_only = True
    oidc.account = Account(email="ann@example.com", more={"preferred_username": "ann"})
    browser = Browser(auth)
    await browser.sign_in()
    me = await auth.call("GET", "/me", 200, (await browser.tokens())["access_token"])
    assert (me["username"], me["email"]) == ("ann", "ann@example.com")


async def test_user_info_about_another_is_refused(auth: Auth, oidc: Oidc, db: Pool) -> None:
    oidc.in_userinfo_only = True
    oidc.account.email = "ann@example.com"
    oidc.lies["userinfo"] = {"sub": "somebody else"}
    await Browser(auth).refused()
    assert await count(db, "users") == 0


DEEP = b'{"alg":"RS256","kid":"one","a":' + b"[" * 1000 + b"]" * 1000 + b"}"
NESTED = urlsafe_b64encode(DEEP).decode().rstrip("=")
LIES: dict[str, dict[str, dict[str, Any]]] = {
    "other issuer": {"claims": {"iss": "https://evil.example"}},
    "issuer with a slash": {"claims": {"iss": "http://127.0.0.1/"}},
    "no issuer": {"claims": {"iss": None}},
    "other audience": {"claims": {"aud": "other"}},
    "no audience": {"claims": {"aud": None}},
    "several audiences": {"claims": {"aud": [CLIENT, "other"]}},
    "other party": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "other nonce": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "nonce is a list": {"claims": {"nonce": []}},
    "no subject": {"claims": {"sub": None}},
    "empty subject": {"claims": {"sub": ""}},
    "subject is a number": {"claims": {"sub": 7}},
    "long subject": {"claims": {"sub": "x" * 256}},
    "expired": {"claims": {"exp": 1}},
    "no expiry": {"claims": {"exp": None}},
    "expiry is text": {"claims": {"exp": "later"}},
    "from the future": {"claims": {"iat": 9_999_999_999}},
    "no time": {"claims": {"iat": None}},
    "critical": {"header": {"crit": ["exp"], "exp": 1}},
    "unknown key": {"header": {"kid": "three"}},
    "no token": {"token": {"id_token": None}},
    "token is a list": {"token": {"id_token": ["x"]}},
    "token is garbage": {"token": {"id_token": "a.b.c"}},
    "header is nested": {"token": {"id_token": f"{NESTED}.e30.x"}},
    "token is huge": {"token": {"id_token": f"{'a' * 20_000}.b.c"}},
    "unsigned": {"token": {"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."}},
    "no keys": {"jwks": {"keys": []}},
    "keys are text": {"jwks": {"keys": "one"}},
    "keys are numbers": {"jwks": {"keys": [1, 2]}},
    "strange key": {"jwks": {"keys": [{"kty": "RSA", "kid": "one", "n": "x" * 400, "e": "?"}]}},
    "other issuer by the browser": {"return": {"iss": "https://evil.example"}},
    "issuer left out": {"discovery": {"authorization_response_iss_parameter_supported": True}},
    "no code": {"return": {"code": None, "error": "access_denied"}},
    "made-up code": {"return": {"code": "made-up"}},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
async def test_lies_open_no_session(auth: Auth, oidc: Oidc, db: Pool, lie: str) -> None:
    oidc.account.email = "ann@example.com"
    oidc.lies = LIES[lie]
    await Browser(auth).refused()
    assert (await count(db, "sessions"), await count(db, "users")) == (0, 0)


async def test_answer_may_name_its_issuer(auth: Auth, oidc: Oidc) -> None:
    oidc.account.email = "ann@example.com"
    oidc.lies["discovery"] = {"authorization_response_iss_parameter_supported": True}
    oidc.lies["return"] = {"iss": oidc.issuer}
    await Browser(auth).sign_in()


async def test_secret_that_is_public_signs_nothing(auth: Auth, oidc: Oidc) -> None:
    """The public key, or our secret, as a key for HMAC."""
    oidc.account.email = "ann@example.com"
    oidc.alg = "HS256"
    oidc.key = JWK(kty="oct", k="c2VjcmV0" * 8, kid="one")
    oidc.lies["jwks"] = {"keys": [oidc.key.export(as_dict=True)]}
    oidc.lies["discovery"] = {"id_token_signing_alg_values_supported": ["HS256", "none", "RS256"]}
    await Browser(auth).refused()


async def test_weak_key_is_refused(auth: Auth, oidc: Oidc) -> None:
    oidc.account.email = "ann@example.com"
    oidc.key = JWK.generate(kty="RSA", size=1024, kid="one")
    await Browser(auth).refused()


async def test_new_key_is_found(auth: Auth, oidc: Oidc, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.auth.social import exchange

    oidc.account.email = "ann@example.com"
    await Browser(auth).sign_in()
    monkeypatch.setattr(exchange, "FRESH_SECONDS", 0.0)
    oidc.key = JWK.generate(kty="RSA", size=2048, kid="two")
    await Browser(auth).sign_in()
    assert oidc.asked.count("jwks") == 2
    assert oidc.asked.count("openid-configuration") == 1


async def test_answer_works_once_and_in_one_browser(auth: Auth, oidc: Oidc, db: Pool) -> None:
    oidc.account.email, oidc.forgets_codes = "ann@example.com", False
    browser = Browser(auth)
    back = await browser.leave()
    thief = Browser(auth)
    assert (await thief.get(back, 401))["code"] == "SOCIAL_LOGIN_FAILED"
    kept = dict(browser.cookies)
    await browser.get(back, 302)
    browser.cookies = kept
    assert (await browser.get(back, 401))["code"] == "SOCIAL_LOGIN_FAILED"
    assert await count(db, "sessions") == 1


async def test_victim_does_not_become_somebody_else(auth: Auth, oidc: Oidc, db: Pool) -> None:
    """An attacker gives a victim the way back to the attacker's own account."""
    oidc.account.email = "evil@example.com"
    attacker, victim = Browser(auth), Browser(auth)
    back = await attacker.leave()
    await victim.leave()
    await victim.get(back, 401)
    state = parse_qs(urlsplit(await victim.leave()).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    # With the victim's own state the code is one that was not asked for by this browser.
    challenge = oidc.codes[code]["code_challenge"]
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr("tests.auth.oidc.s256", lambda _: challenge)  # it does not look
        await victim.get(f"{CALLBACK}?{urlencode({'code': code, 'state': state})}", 401)
    assert await count(db, "sessions") == 0


@pytest.mark.parametrize("state", ["", "x", "x" * 43, "../x", "é" * 43])
async def test_made_up_state_is_refused(auth: Auth, oidc: Oidc, state: str) -> None:
    path = f"{CALLBACK}?{urlencode({'code': 'x', 'state': state})}"
    assert (await Browser(auth).get(path, 401))["code"] == "SOCIAL_LOGIN_FAILED"


async def test_flow_grows_old(auth: Auth, oidc: Oidc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "LIFE_SECONDS", 0)
    await Browser(auth).refused()


async def test_providers_are_not_mixed_up(auth: Auth, oidc: Oidc, db: Pool) -> None:
    """Whoever began at one comes back as if from another."""
    other = Oidc()
    await other.start()
    await know(auth, other, "other")
    other.account.email = oidc.account.email = "ann@example.com"
    browser = Browser(auth)
    back = await browser.leave()
    mixed = back.replace("/oauth/office/", "/oauth/other/")
    assert (await browser.get(mixed, 401))["code"] == "SOCIAL_LOGIN_FAILED"
    # A provider that signs in the name of another one.
    other.lies["claims"] = {"iss": oidc.issuer}
    path = await Browser(auth).leave("other")
    assert path.startswith("/oauth/other/")
    cheated = Browser(auth)
    assert (await cheated.get(await cheated.leave("other"), 401))["code"] == "SOCIAL_LOGIN_FAILED"
    assert await count(db, "users") == 0
    await other.server.close()


async def test_same_subject_elsewhere_is_somebody_else(auth: Auth, oidc: Oidc, db: Pool) -> None:
    other = Oidc(account=Account(sub="7", email="bob@example.com"))
    await other.start()
    await know(auth, other, "other")
    oidc.account = Account(sub="7", email="ann@example.com")
    ids = []
    for name in ("office", "other"):
        browser = Browser(auth)
        await browser.get(await browser.leave(name), 302)
        ids.append(parts_of((await browser.tokens())["access_token"])[1]["sub"])
    assert ids[0] != ids[1]
    await other.server.close()


@pytest.mark.parametrize("verified", [True, False])
async def test_address_links_nothing(auth: Auth, oidc: Oidc, db: Pool, verified: bool) -> None:
    ann = await auth.register("ann")
    oidc.account = Account(email=ann["email"].upper(), email_verified=verified)
    if verified:
        await Browser(auth).refused("EMAIL_TAKEN", 409)
    else:
        await Browser(auth).refused("EMAIL_NEEDED", 403)
    assert await count(db, "identities") == 0
    assert await count(db, "users") == 1


@pytest.mark.parametrize(
    "account",
    [Account(), Account(email="no address"), Account(email="a@b.example", email_verified="no"),
     Account(email="a@b.example", email_verified=None), Account(more={"email": ["a@b.example"]})],
)  # fmt: skip
async def test_stranger_without_a_confirmed_address_is_sent_to_register(
    auth: Auth, oidc: Oidc, account: Account
) -> None:
    oidc.account = account
    await Browser(auth).refused("EMAIL_NEEDED", 403)


async def test_taken_name_gets_a_number(auth: Auth, oidc: Oidc) -> None:
    await auth.register("ann")
    names = set()
    for number in range(3):
        oidc.account = Account(email=f"{number}@example.com", more={"preferred_username": "Ann"})
        browser = Browser(auth)
        await browser.sign_in()
        me = await auth.call("GET", "/me", 200, (await browser.tokens())["access_token"])
        names.add(me["username"])
    assert len(names) == 3
    assert all(name.startswith("Ann-") for name in names)


@pytest.mark.parametrize("wish", ["", "a", "../..", "\u0301x", "名前です", 7, ["x"], "x" * 300])
async def test_strange_names_become_usernames(auth: Auth, oidc: Oidc, wish: Any) -> None:
    oidc.account = Account(email="ann@example.com", more={"preferred_username": wish})
    browser = Browser(auth)
    await browser.sign_in()
    me = await auth.call("GET", "/me", 200, (await browser.tokens())["access_token"])
    assert 3 <= len(me["username"]) <= 64


async def test_people_see_a_page_and_programs_the_refusal(auth: Auth, oidc: Oidc) -> None:
    browser = Browser(auth)
    back = await browser.leave(return_to="/links")
    await browser.get(back, 302, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert browser.location == "/login?error=EMAIL_NEEDED"


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", "/é", "/a b"],
)
async def test_way_back_leads_nowhere_else(auth: Auth, oidc: Oidc, path: str) -> None:
    oidc.account.email = "ann@example.com"
    browser = Browser(auth)
    await browser.sign_in(return_to=path)
    assert browser.location == "/"


async def test_disabled_person_is_kept_out(auth: Auth, oidc: Oidc, db: Pool) -> None:
    oidc.account.email = "ann@example.com"
    await Browser(auth).sign_in()
    await db.execute("UPDATE auth.users SET is_active = false")
    await Browser(auth).refused("LOGIN_FAILED")


async def link(auth: Auth, oidc: Oidc, token: str, status: int = 302, **headers: str) -> Browser:
    """Link the account of the provider to the caller."""
    browser = Browser(auth)
    body = {"provider": "office", "return_to": "/account?tab=links"}
    url = (await auth.call("POST", "/me/identities", 200, token, json=body))["url"]
    browser.keep()
    await browser.get(await follow(url), status, **headers)
    return browser


async def test_linked_account_signs_in(auth: Auth, oidc: Oidc, db: Pool) -> None:
    ann = await auth.newcomer()
    browser = await link(auth, oidc, ann["access_token"])
    assert browser.location == "/account?tab=links"
    assert "meridian_refresh" not in browser.cookies
    (linked,) = (await auth.call("GET", "/me/identities", 200, ann["access_token"]))["items"]
    assert (linked["provider"], linked["email"]) == ("office", None)
    other = Browser(auth)
    await other.sign_in()
    pair = await other.tokens()
    assert parts_of(pair["access_token"])[1]["sub"] == ann["id"]
    await link(auth, oidc, ann["access_token"])  # again is no harm
    path = f"/me/identities/{linked['id']}"
    bob = await auth.newcomer()
    await auth.call("DELETE", path, 404, bob["access_token"])
    await auth.call("DELETE", path, 204, ann["access_token"])
    await auth.call("DELETE", path, 404, ann["access_token"])
    await Browser(auth).refused("EMAIL_NEEDED", 403)
    lines = await db.fetch(AUDIT, linked["id"])
    assert [line["action"] for line in lines] == ["identity.linked", "identity.unlinked"]


async def test_linked_accounts_are_paged(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    for user in (ann, bob):
        await db.executemany(INSERT_IDENTITY, [(user["id"], str(number)) for number in range(3)])
    first = await auth.call("GET", "/me/identities?limit=2", 200, ann["access_token"])
    path = f"/me/identities?limit=2&cursor={first['next']}"
    rest = await auth.call("GET", path, 200, ann["access_token"])
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 3


async def test_account_is_linked_to_one_user(auth: Auth, oidc: Oidc) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    await link(auth, oidc, ann["access_token"])
    await link(auth, oidc, bob["access_token"], 409)
    page = await link(auth, oidc, bob["access_token"], Accept="text/html")
    assert page.location == "/account?tab=links&error=IDENTITY_LINKED"
    assert (await auth.call("GET", "/me/identities", 200, bob["access_token"]))["items"] == []


async def test_linking_needs_a_proof_and_a_session_that_lives(
    auth: Auth, oidc: Oidc, db: Pool
) -> None:
    ann = await auth.newcomer()
    body = {"provider": "office"}
    url = (await auth.call("POST", "/me/identities", 200, ann["access_token"], json=body))["url"]
    browser = Browser(auth)
    browser.keep()
    await db.execute(AGE_PROOFS)
    problem = await auth.call("POST", "/me/identities", 403, ann["access_token"], json=body)
    assert problem["code"] == "PROOF_NEEDED"
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert (await browser.get(await follow(url), 401))["code"] == "SESSION_ENDED"
    assert await count(db, "identities") == 0


async def test_session_that_ends_meanwhile_links_nothing(auth: Auth, oidc: Oidc, db: Pool) -> None:
    ann = await auth.newcomer()
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM auth.users FOR UPDATE")
        linking = asyncio.create_task(link(auth, oidc, ann["access_token"], 401))
        await until_waiting(db)
        await connection.execute(
            "UPDATE auth.sessions SET ended_at = now(), end_reason = 'revoked'"
        )
    await linking
    assert await count(db, "identities") == 0


async def test_last_way_in_stays(auth: Auth, oidc: Oidc, db: Pool) -> None:
    oidc.account.email = "ann@example.com"
    browser = Browser(auth)
    await browser.sign_in()
    token = (await browser.tokens())["access_token"]
    (linked,) = (await auth.call("GET", "/me/identities", 200, token))["items"]
    path = f"/me/identities/{linked['id']}"
    problem = await auth.call("DELETE", path, 409, token)
    assert problem["code"] == "LAST_SIGN_IN_WAY"
    await auth.call(
        "POST", "/me/password", 204, token, json={"new_password": "nine red bikes at dawn"}
    )
    await auth.call("DELETE", path, 204, token)


async def test_who_came_by_another_site_takes_a_first_password(
    auth: Auth, oidc: Oidc, db: Pool
) -> None:
    oidc.account = Account(email="ann@example.com", more={"preferred_username": "ann"})
    browser = Browser(auth)
    await browser.sign_in()
    token = (await browser.tokens())["access_token"]
    assert (await auth.call("GET", "/me", 200, token))["has_password"] is False
    body = {"new_password": "nine red bikes at dawn"}
    await db.execute(AGE_PROOFS)
    problem = await auth.call("POST", "/me/password", 403, token, json=body)
    assert problem["code"] == "PROOF_NEEDED"
    for guess, status, code in (("", 422, "VALIDATION_FAILED"), ("x", 401, "WRONG_PASSWORD")):
        guessed = {"current_password": guess, **body}
        problem = await auth.call("POST", "/me/password", status, token, json=guessed)
        assert problem["code"] == code
    again = Browser(auth)
    await again.sign_in()
    fresh = (await again.tokens())["access_token"]
    weak = {"new_password": "ann@example.com"}
    assert (
        "new_password" in (await auth.call("POST", "/me/password", 422, fresh, json=weak))["errors"]
    )
    await auth.call("POST", "/me/password", 204, fresh, json=body)
    assert (await auth.call("GET", "/me", 200, fresh))["has_password"] is True
    # The other session has ended, the password signs in, and is asked for from now on.
    await auth.call("GET", "/me", 401, token)
    await auth.login("ann", body["new_password"])
    problem = await auth.call("POST", "/me/password", 401, fresh, json=body)
    assert problem["code"] == "WRONG_PASSWORD"
    (linked,) = (await auth.call("GET", "/me/identities", 200, fresh))["items"]
    await auth.call("DELETE", f"/me/identities/{linked['id']}", 204, fresh)


async def test_way_of_a_removed_provider_does_not_count(auth: Auth, oidc: Oidc, db: Pool) -> None:
    ann = await auth.newcomer()
    await link(auth, oidc, ann["access_token"])
    other = Oidc()
    await other.start()
    await know(auth, other, "other")
    await db.execute("UPDATE auth.identities SET issuer = $1", other.issuer)
    await link(auth, oidc, ann["access_token"])
    await db.execute("UPDATE auth.users SET password_hash = NULL")
    await commands.remove_provider(auth.settings.shared, "other")
    listed = (await auth.call("GET", "/me/identities", 200, ann["access_token"]))["items"]
    assert [one["provider"] for one in listed] == ["office", None]
    path = f"/me/identities/{listed[0]['id']}"
    assert (await auth.call("DELETE", path, 409, ann["access_token"]))["code"] == "LAST_SIGN_IN_WAY"
    await other.server.close()


@pytest.mark.parametrize("part", ["openid-configuration", "token", "jwks", "userinfo"])
@pytest.mark.parametrize("how", ["slow", "huge", "garbage", "list", "broken", "elsewhere"])
async def test_sick_provider_is_503_or_refused(
    auth: Auth, oidc: Oidc, db: Pool, monkeypatch: pytest.MonkeyPatch, part: str, how: str
) -> None:
    oidc.in_userinfo_only = True
    oidc.account.email = "ann@example.com"
    if how == "slow":
        oidc.delay[part] = 30
        monkeypatch.setattr(ClientSession, "_request", _impatient(part))
    bodies = {
        "huge": (200, b'{"x": "' + b"x" * 10_000_000 + b'"}'),
        "garbage": (200, b"<html>"),
        "list": (200, b"[]"),
        "broken": (500, b"{}"),
        "elsewhere": (302, b"{}"),
    }
    if how in bodies:
        oidc.raw[part] = bodies[how]
    browser = Browser(auth)
    with calm_clock() as passed:
        if part == "openid-configuration":
            problem = await browser.get("/oauth/office/login", 503)
        else:
            refused = 401 if how in {"garbage", "list", "elsewhere"} and part != "jwks" else 503
            problem = await browser.sign_in(refused)
        assert passed() < 10
    assert problem["code"] in {"PROVIDER_UNAVAILABLE", "SOCIAL_LOGIN_FAILED"}
    assert await count(db, "sessions") == 0


def _impatient(part: str) -> Callable[..., Awaitable[ClientResponse]]:
    """Wait only half a second for this part, and as long as ever for the others."""
    ask = ClientSession._request

    async def request(self: ClientSession, method: str, url: str, **options: Any) -> ClientResponse:
        if URL(url).path.endswith(part):
            options["timeout"] = ClientTimeout(total=0.5)
        return await ask(self, method, url, **options)

    return request


async def test_sick_provider_is_not_asked_all_the_time(
    auth: Auth, oidc: Oidc, monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc.raw["openid-configuration"] = (500, b"{}")
    await asyncio.gather(*(_begin(auth) for _ in range(20)))
    assert oidc.asked == ["openid-configuration"]
    monkeypatch.setattr(documents, "FAILURE_AGE", 0.0)
    del oidc.raw["openid-configuration"]
    assert await _begin(auth) == 302
    assert await _begin(auth) == 302
    assert len(oidc.asked) == 2


async def _begin(auth: Auth) -> int:
    url = f"{API}/oauth/office/login"
    async with auth.client.get(url, allow_redirects=False) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("issuer", "https://evil.example"),
        ("issuer", None),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("authorization_endpoint", "file:///etc/passwd"),
        ("authorization_endpoint", "https://user@evil.example"),
        ("token_endpoint", None),
        ("token_endpoint", "gopher://127.0.0.1:6379/x"),
        ("jwks_uri", None),
        ("jwks_uri", "/jwks"),
        ("claims", {"sub": "email"}),
        ("confirms_email", True),
    ],
)
async def test_strange_discovery_is_refused(auth: Auth, oidc: Oidc, name: str, url: Any) -> None:
    oidc.lies["discovery"] = {name: url}
    problem = await Browser(auth).get("/oauth/office/login", 503)
    assert problem["code"] == "PROVIDER_UNAVAILABLE"


async def test_own_servers_and_this_machine_are_not_asked(
    start: Start, settings: Settings, db: Pool
) -> None:
    """A provider may name any address as its own; we connect to none that is not public."""
    oidc = Oidc()
    await oidc.start()
    careful = replace(settings, shared=replace(settings.shared, allow_local_servers=False))
    auth = await start(careful)
    await know(auth, oidc, "office")
    await Browser(auth).get("/oauth/office/login", 503)
    assert oidc.asked == []
    await oidc.server.close()
    auth = await start(settings)
    redis = settings.shared.redis_url.rpartition("@")[2].partition("/")[0]
    wanted = WantedProvider("redis", CLIENT, SECRET, issuer=f"http://{redis}")
    await commands.set_provider(settings.shared, wanted)
    await Browser(auth).get("/oauth/redis/login", 503)


async def test_plain_http_is_refused_outside_of_tests(start: Start, settings: Settings) -> None:
    from services.auth.social.metadata import _check_address

    with pytest.raises(ValueError, match="no address"):
        _check_address("http://accounts.example.com/authorize", allow_plain=False)
    assert _check_address("https://accounts.example.com/x", allow_plain=False)


async def test_guessing_is_slowed_down(auth: Auth, oidc: Oidc) -> None:
    oidc.lies["claims"] = {"aud": "other"}
    codes = []
    for _ in range(23):
        browser = Browser(auth)
        back = await browser.leave()
        async with auth.client.get(
            API + back,
            headers={"Cookie": "; ".join(f"{n}={t}" for n, t in browser.cookies.items())},
        ) as answer:
            codes.append(answer.status)
    assert codes[:20] == [401] * 20
    assert 429 in codes


async def test_who_shares_the_address_locks_no_known_device_out(auth: Auth, oidc: Oidc) -> None:
    oidc.account = Account(email="ann@example.com")
    browser = Browser(auth)
    await browser.sign_in()
    oidc.lies["claims"] = {"aud": "other"}
    for _ in range(ADDRESS.free + 1):
        await Browser(auth).refused()
    del oidc.lies["claims"]
    await Browser(auth).refused("TOO_MANY_ATTEMPTS", 429)
    back = await browser.leave()
    # A browser that comes from another site sends only what is `Lax`.
    assert auth.last is not None
    browser.cookies = {name: text for name, text in browser.cookies.items() if "oauth" in name}
    await browser.get(back, 302)
    assert "meridian_refresh" in browser.cookies


async def test_login_page_is_told_what_is_offered(auth: Auth, oidc: Oidc) -> None:
    offered = await auth.call("GET", "/providers", 200)
    item = {"name": "office", "title": "Our work", "url": "/auth/api/v1/oauth/office/login"}
    assert offered == {
        "items": [item],
        "next": None,
        "passkeys": False,
        "mail": False,
        "registration": "open",
    }
    problem = await auth.call("GET", "/oauth/nobody/login", 404)
    assert problem["code"] == "PROVIDER_NOT_FOUND"


@pytest.mark.parametrize("mode", ["invited", "closed"])
async def test_closed_site_takes_no_strangers(
    start: Start, settings: Settings, oidc: Oidc, db: Pool, mode: str
) -> None:
    auth = await start(replace(settings, auth=replace(settings.auth, registration=mode)))
    assert (await auth.call("GET", "/providers", 200))["registration"] == mode
    oidc.account.email = "ann@example.com"
    await Browser(auth).refused("REGISTRATION_CLOSED", 403)
    assert await count(db, "users") == 0


async def test_provider_without_id_tokens(auth: Auth, oidc: Oidc, db: Pool) -> None:
    """Like Yandex: OAuth 2.0, and an API that says who somebody is, and for whom."""
    preset = PRESETS["yandex"]
    await commands.set_provider(auth.settings.shared, WantedProvider("yandex", CLIENT, SECRET))
    endpoints = {**preset.endpoints} if preset.endpoints else {}
    endpoints |= {
        "authorization_endpoint": f"{oidc.issuer}/authorize",
        "token_endpoint": f"{oidc.issuer}/token",
        "userinfo_endpoint": f"{oidc.issuer}/userinfo",
    }
    await db.execute("UPDATE auth.providers SET endpoints = $1 WHERE name = 'yandex'", endpoints)
    told = {
        "sub": None,
        "id": "1130000000",
        "login": "ann",
        "client_id": CLIENT,
        "default_email": "ann@yandex.example",
        "first_name": "Анна",
        "last_name": "Ли",
    }
    oidc.lies["userinfo"], oidc.lies["token"] = told, {"id_token": None}
    browser = Browser(auth)
    await browser.get(await browser.leave("yandex"), 302)
    me = await auth.call("GET", "/me", 200, (await browser.tokens())["access_token"])
    assert (me["username"], me["email"], me["first_name"]) == ("ann", "ann@yandex.example", "Анна")
    stored = await db.fetchrow("SELECT issuer, subject FROM auth.identities")
    assert tuple(stored or ()) == ("https://oauth.yandex.ru", "1130000000")
    oidc.lies["userinfo"] = told | {"client_id": "other"}
    other = Browser(auth)
    problem = await other.get(await other.leave("yandex"), 401)
    assert problem["code"] == "SOCIAL_LOGIN_FAILED"


async def test_operator_sets_and_removes_a_provider(settings: Settings, db: Pool) -> None:
    args = ("set-provider", "google", "--client-id", "us")
    finished = await run_command(settings, *args, stdin="the-secret\n")
    assert finished.code == 0, finished.err
    row = await db.fetchrow("SELECT * FROM auth.providers")
    assert row is not None
    assert (row["issuer"], row["title"]) == ("https://accounts.google.com", "Google")
    assert Vault(settings.shared.secret_keys).decrypt(row["client_secret"]) == "the-secret"
    again = await run_command(settings, *args, "--title", "G", MERIDIAN_PROVIDER_SECRET="another")
    assert again.code == 0, again.err
    lines = await db.fetch(AUDIT, "google")
    assert [line["action"] for line in lines] == ["provider.changed"] * 2
    assert lines[1]["before"]["title"] == "Google"
    assert "the-secret" not in str(lines)
    unknown = await run_command(
        settings, "set-provider", "office", "--client-id", "us", stdin="x\n"
    )
    assert (unknown.code, "--issuer" in unknown.err) == (1, True)
    gone = await run_command(settings, "remove-provider", "google")
    assert gone.code == 0, gone.err
    assert (await run_command(settings, "remove-provider", "google")).code == 1


def test_answers_are_bounded() -> None:
    assert outbound.MOST_BYTES <= 65_536
    assert outbound.LONGEST_SECONDS <= 5
