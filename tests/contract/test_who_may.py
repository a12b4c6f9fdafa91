"""Every row of every table of routes: nobody gets in without a token, a stranger sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from shared.web.access import PUBLIC, SIGNED_IN, Guard
from shared.web.paths import PLACEHOLDER
from tests.contract.documents import ROUTES, path_of

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.web.route import Route
    from tests.contract.conftest import Services

PASSWORD = "eleven brown kites at dusk"
OF_A_MEMBER = """
SELECT p.name FROM auth.permissions p JOIN auth.role_permissions rp ON rp.permission_id = p.id
JOIN auth.roles r ON r.id = rp.role_id WHERE r.name = 'member'
"""
CLOSED = {
    service: [
        route
        for route in routes
        if route.permission is not PUBLIC and not isinstance(route.permission, Guard)
    ]
    for service, routes in ROUTES.items()
}


async def statuses(
    services: Services, service: str, token: str = "", routes: list[Route] | None = None
) -> dict[str, int]:
    """What each closed route answers, with an empty object where it takes a body."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found = {}
    async with aiohttp.ClientSession(headers=headers) as session:
        for route in CLOSED[service] if routes is None else routes:
            url = services[service].make_url(path_of(service, route))
            body: dict[str, str] | None = {} if route.body else None
            async with session.request(route.method, url, json=body, allow_redirects=False) as got:
                found[f"{route.method} {route.path}"] = got.status
    return found


async def stranger(services: Services) -> str:
    """Somebody new, who owns nothing and may what everybody may; their token."""
    person = {"username": "bob", "password": PASSWORD}
    account = person | {"email": "bob@example.com", "first_name": "Bob", "last_name": "Ray"}
    async with aiohttp.ClientSession(services["auth"].make_url("/auth/api/v1/")) as session:
        async with session.post("register", json=account) as answer:
            assert answer.status == 201, await answer.text()
        async with session.post("login", json=person) as answer:
            token: str = (await answer.json())["access_token"]
            return token


@pytest.mark.parametrize("service", ROUTES)
async def test_without_a_token_everybody_is_asked_for_one(services: Services, service: str) -> None:
    found = await statuses(services, service)
    assert len(found) == len(CLOSED[service]) > 5
    assert {route: status for route, status in found.items() if status != 401} == {}


@pytest.mark.parametrize("service", ROUTES)
async def test_a_stranger_is_refused_what_takes_a_permission(
    services: Services, service: str, owner_pool: Pool
) -> None:
    theirs = {str(row["name"]) for row in await owner_pool.fetch(OF_A_MEMBER)}
    asked = [
        route
        for route in CLOSED[service]
        if isinstance(route.permission, str) and route.permission not in theirs
    ]
    found = await statuses(services, service, await stranger(services), asked)
    assert {route: status for route, status in found.items() if status != 403} == {}


@pytest.mark.parametrize("scope", ["files.view", "links.view"])
@pytest.mark.parametrize("service", ROUTES)
async def test_an_api_token_does_no_more_than_its_scopes_say(
    services: Services, service: str, scope: str
) -> None:
    """Not even that of somebody who may do everything."""
    asked = [route for route in CLOSED[service] if route.permission not in {scope, SIGNED_IN}]
    assert asked
    found = await statuses(services, service, await api_token(services, scope), asked)
    assert {route: status for route, status in found.items() if status != 403} == {}


async def api_token(services: Services, scope: str) -> str:
    """One of the superuser that reaches so far."""
    headers = {"Authorization": f"Bearer {services.token}"}
    url = services["auth"].make_url("/auth/api/v1/me/tokens")
    body = {"name": "narrow", "scopes": [scope]}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as answer,
    ):
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["token"])


@pytest.mark.parametrize("service", ROUTES)
async def test_what_a_stranger_does_not_own_is_not_there(services: Services, service: str) -> None:
    named = [route for route in CLOSED[service] if PLACEHOLDER.search(route.path)]
    assert named
    found = await statuses(services, service, await stranger(services), named)
    # What the body lacks may be told first: it says nothing about the thing.
    with_body = {f"{route.method} {route.path}" for route in named if route.body}
    seen = {
        route: status
        for route, status in found.items()
        if status not in {403, 404, *({422} if route in with_body else ())}
    }
    assert seen == {}
