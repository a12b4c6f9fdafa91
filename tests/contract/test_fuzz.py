"""The documents are true: what they allow is taken, and what comes back is what they promise.

Schemathesis makes requests out of the documents alone, like a program that knows nothing else.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from shared.catalog.servers import upsert_server
from shared.vault import Vault
from tests.contract.conftest import log_in
from tests.contract.documents import ROUTES, make_document
from tests.world.cities import NEW_YORK

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.contract.conftest import Services
    from tests.world.cities import City

EXAMPLES = 12
# One of two parameters, which a document cannot tell.
EITHER = {"/auth/api/v1/people"}
ENDLESS = {"/storage/api/v1/live"}
# They connect to the server that is described, and the one of a fuzzer is nowhere.
ELSEWHERE = {"/storage/api/v1/servers", "/storage/api/v1/servers/probe"}
# What no form can tell: names of things that are not there, or not any more.
UNKNOWN = {"BAD_CURSOR", "IDEMPOTENCY_KEY_REUSED", "LINK_EXPIRED", "TICKET_EXPIRED"}
# An installation sets limits of its own.
OVER_LIMITS = {"FILE_TOO_LARGE"}
UNKNOWN_FIELDS = {"scopes", "roles", "credential", "expires_at", "zones.require", "poster_id"}
# Refused beside `folder`, or above `ms`, which a document of parameters cannot tell.
BESIDE = {"folder_id", "file_id", "ttfb_ms"}

IS_OPEN = "SELECT takes_writes AND health = 'online' FROM storage.servers WHERE name = $1"
NEXT_YEAR = datetime.now() + timedelta(days=400)  # noqa: DTZ005 hypothesis wants none
schemathesis.openapi.format(
    "date-time",
    st.datetimes(NEXT_YEAR, NEXT_YEAR + timedelta(days=2000)).map("{:%Y-%m-%dT%H:%M:%SZ}".format),
)
schemathesis.openapi.format("password", st.uuids().map("Green boats {}".format))


def is_about_what_is_not_there(status: int, problem: dict[str, Any]) -> bool:
    """Whether a refusal is no fault of the form."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    fields = {*problem.get("errors", ())}
    return problem.get("code") in UNKNOWN | OVER_LIMITS or (
        bool(fields) and fields <= UNKNOWN_FIELDS | BESIDE
    )


def send_all(base: str, token: str, operation: Any) -> None:
    """Send what the document allows; raise what does not go as it promises."""

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    def send(case: schemathesis.Case[Any]) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-Fake-IP": "100.0.0.1"}
        response = case.call(base_url=base, headers=headers, timeout=20)
        is_problem = "problem" in str(response.headers.get("content-type"))
        if is_problem and is_about_what_is_not_there(response.status_code, response.json()):
            return
        case.validate_response(response)

    send()


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, {"code": "VALIDATION_FAILED"}),
        (422, {"code": "VALIDATION_FAILED", "errors": {}}),
        (422, {"code": "VALIDATION_FAILED", "errors": {"expires_at": [], "name": []}}),
        (500, {"code": "BAD_CURSOR", "errors": {"expires_at": []}}),
        (503, {"code": "STORE_UNAVAILABLE"}),
    ],
)
def test_no_other_refusal_is_taken_for_one_of_those(status: int, problem: dict[str, Any]) -> None:
    assert not is_about_what_is_not_there(status, problem)


@pytest.fixture
async def city(services: Services, cities: dict[str, City], owner_pool: Pool) -> None:
    """A city that takes uploads, as soon as storage has looked at it."""
    await upsert_server(owner_pool, Vault([services.key]), cities[NEW_YORK].as_server())
    async with asyncio.timeout(20):
        while not await owner_pool.fetchval(IS_OPEN, NEW_YORK):
            await asyncio.sleep(0.1)
    # The rows are read again twice a second.
    await asyncio.sleep(1)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("service", ROUTES)
async def test_what_the_document_allows_is_taken(services: Services, service: str) -> None:
    schema = schemathesis.openapi.from_dict(make_document(service))
    base = str(services[service].make_url("/"))
    failed: list[str] = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.path in ENDLESS | ELSEWHERE | EITHER:
            continue
        token = await log_in(services["auth"])
        try:
            await asyncio.to_thread(send_all, base, token, operation)
        except BaseExceptionGroup as error:
            failed.append(f"{operation.method} {operation.path}: {error}")
    assert not failed, "\n".join(failed)
