"""The command line: superusers, accounts of the local stack, keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.auth.conftest import PASSWORD, Auth, run_command

if TYPE_CHECKING:
    from services.auth.settings import Settings
    from shared.db import Pool

ROOT = ("createsuperuser", "--username", "root", "--email", "root@example.com")


async def test_password_from_standard_input(auth: Auth, settings: Settings) -> None:
    finished = await run_command(settings, *ROOT, stdin=f"{PASSWORD}\n")
    assert finished.code == 0, finished.err
    pair = await auth.login("root")
    me = await auth.call("GET", "/me", 200, pair["access_token"])
    assert me["is_superuser"] is True
    assert "servers.delete" in me["permissions"]
    assert PASSWORD not in finished.out + finished.err


async def test_password_from_the_environment(auth: Auth, settings: Settings) -> None:
    finished = await run_command(settings, *ROOT, MERIDIAN_SUPERUSER_PASSWORD=PASSWORD)
    assert finished.code == 0, finished.err
    await auth.login("root")
    assert PASSWORD not in finished.out + finished.err


@pytest.mark.parametrize(
    ("arguments", "password", "hint"),
    [
        (ROOT, "short", "password"),
        (ROOT, "", "password"),
        (("createsuperuser", "--username", "r", "--email", "r@example.com"), PASSWORD, "username"),
        (("createsuperuser", "--username", "root", "--email", "root"), PASSWORD, "email"),
    ],
)
async def test_bad_account_is_one_clear_line(
    settings: Settings, db: Pool, arguments: tuple[str, ...], password: str, hint: str
) -> None:
    finished = await run_command(settings, *arguments, stdin=f"{password}\n")
    assert finished.code == 1
    assert finished.err.startswith("Error: ")
    assert hint in finished.err
    assert finished.err.count("\n") == 1
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 0


async def test_taken_name_is_one_clear_line(auth: Auth, settings: Settings) -> None:
    await auth.register("Root")
    finished = await run_command(settings, *ROOT, stdin=f"{PASSWORD}\n")
    assert finished.code == 1
    assert "taken" in finished.err
    assert await auth.call("POST", "/login", 200, json={"username": "root", "password": PASSWORD})


async def test_database_away_is_one_clear_line(settings: Settings) -> None:
    shared = replace(settings.shared, database_url="postgresql://nobody@127.0.0.1:1/none")
    finished = await run_command(replace(settings, shared=shared), *ROOT, stdin=f"{PASSWORD}\n")
    assert finished.code == 1
    assert "PostgreSQL" in finished.err
    assert "Traceback" not in finished.err


async def test_missing_setting_is_named(settings: Settings) -> None:
    finished = await run_command(settings, "rotate-keys", MERIDIAN_SECRET_KEYS="")
    assert finished.code == 1
    assert "SECRET_KEYS" in finished.err


async def test_accounts_are_made_once(auth: Auth, settings: Settings, db: Pool) -> None:
    accounts = [
        {"username": "demo", "email": "demo@example.com", "password": PASSWORD},
        {
            "username": "admin",
            "email": "admin@example.com",
            "password": PASSWORD,
            "is_superuser": True,
        },
    ]
    lines = "\n".join(orjson.dumps(account).decode() for account in accounts)
    first = await run_command(settings, "ensure-accounts", stdin=lines)
    assert (first.code, first.out) == (0, "created demo\ncreated admin\n"), first.err
    again = await run_command(settings, "ensure-accounts", stdin=lines)
    assert (again.code, again.out) == (0, "nothing to do\n"), again.err
    rows = await db.fetch("SELECT username, is_superuser FROM auth.users ORDER BY created_at")
    assert [tuple(row) for row in rows] == [("demo", False), ("admin", True)]
    await auth.login("demo")


async def test_bad_list_adds_nobody(settings: Settings, db: Pool) -> None:
    good = {"username": "demo", "email": "demo@example.com", "password": PASSWORD}
    lines = f"{orjson.dumps(good).decode()}\n{{}}"
    assert (await run_command(settings, "ensure-accounts", stdin=lines)).code == 1
    assert (await run_command(settings, "ensure-accounts", stdin="what?")).code == 1
    assert await db.fetchval("SELECT count(*) FROM auth.users") == 0


async def test_help_lists_the_commands(settings: Settings) -> None:
    finished = await run_command(settings, "--help")
    assert finished.code == 0
    for command in ("serve", "createsuperuser", "ensure-accounts", "rotate-keys"):
        assert command in finished.out
