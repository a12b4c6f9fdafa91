"""People sign in with a browser by an account of another site, and back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.auth.oidc import Account
from tests.e2e.driving import drive
from tests.e2e.provider import offered_by

if TYPE_CHECKING:
    from tests.world.stack import Stack

MOST_SECONDS = 120
NEW = uuid4().hex[:8]
PEOPLE = {
    "ann": Account(email=f"ann-{NEW}@harbour.example"),
    "bob": Account(email=f"bob-{NEW}@harbour.example"),
    "unconfirmed": Account(email=f"eve-{NEW}@harbour.example", email_verified=False),
}


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
async def test_people_sign_in_with_accounts_of_another_site(stack: Stack) -> None:
    async with offered_by(stack, PEOPLE) as site:
        seen = await asyncio.to_thread(
            drive, "providers.mjs", stack, MOST_SECONDS, MERIDIAN_PROVIDER=site
        )
    assert json.loads(seen)["seconds"] < MOST_SECONDS
