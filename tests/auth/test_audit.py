"""The audit: who changed what, in a chain that shows what was tampered with."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.auth.conftest import PASSWORD, run_command

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth
    from tests.conftest import Database


async def audit(auth: Auth, token: str, **query: Any) -> list[dict[str, Any]]:
    """Read the audit, newest first."""
    page = await auth.call("GET", "/audit", 200, token, params=query)
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_changes_are_written_down_with_before_and_after(auth: Auth, db: Pool) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    token = boss["access_token"]
    role = await auth.call("POST", "/roles", 201, token, json={"name": "Editors"})
    path = f"/roles/{role['id']}"
    await auth.call("PATCH", path, 200, token, json={"name": "Writers"})
    listed = await auth.call("GET", "/permissions", 200, token)
    permission = listed["items"][0]
    await auth.call("PUT", f"{path}/permissions/{permission['id']}", 204, token)
    await auth.call("PUT", f"/users/{ann['id']}/roles/{role['id']}", 204, token)
    await auth.call("DELETE", path, 204, token)
    entries = [entry for entry in await audit(auth, token) if entry["actor_id"] == boss["id"]]
    assert [(entry["action"], entry["before"], entry["after"]) for entry in entries[:5]] == [
        (
            "role.deleted",
            {"name": "Writers", "description": "", "permissions": [permission["name"]]},
            None,
        ),
        ("user.role_given", None, {"role": "Writers"}),
        ("role.permission_given", None, {"permission": permission["name"]}),
        (
            "role.changed",
            {"name": "Editors", "description": ""},
            {"name": "Writers", "description": ""},
        ),
        ("role.created", None, {"name": "Editors", "description": ""}),
    ]
    assert {entry["ip"] for entry in entries} == {"127.0.0.1"}
    assert entries[1]["object_id"] == ann["id"]
    of_role = await audit(auth, token, object_id=role["id"])
    assert len(of_role) == 4
    assert {entry["object_id"] for entry in of_role} == {role["id"]}


async def test_registration_and_password_are_written_down_without_secrets(
    auth: Auth, db: Pool
) -> None:
    boss, ann = await auth.superuser(db), await auth.newcomer()
    body = {"current_password": PASSWORD, "new_password": "nine red bikes at dawn"}
    await auth.call("POST", "/me/password", 204, ann["access_token"], json=body)
    entries = await audit(auth, boss["access_token"], object_id=ann["id"])
    assert [entry["action"] for entry in entries] == ["password.changed", "user.created"]
    assert {entry["actor_id"] for entry in entries} == {ann["id"]}
    assert entries[1]["after"]["username"] == ann["username"]
    text = str(entries)
    assert PASSWORD not in text
    assert "argon2" not in text


async def test_refused_changes_leave_no_line(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]
    await auth.call("POST", "/roles", 201, token, json={"name": "Editors"})
    before = await db.fetchval("SELECT count(*) FROM auth.audit")
    await auth.call("POST", "/roles", 409, token, json={"name": "Editors"})
    assert await db.fetchval("SELECT count(*) FROM auth.audit") == before
    assert (await run_command(auth.settings, "verify-audit")).code == 0


async def test_audit_is_paged(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]
    for number in range(4):
        await auth.call("POST", "/roles", 201, token, json={"name": f"x{number}"})
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = await auth.call("GET", "/audit", 200, token, params=query)
        seen += [entry["id"] for entry in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(set(seen)) == len(seen) == await db.fetchval("SELECT count(*) FROM auth.audit")


async def test_many_at_once_make_one_chain(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    token = boss["access_token"]

    async def make(number: int) -> None:
        await auth.call("POST", "/roles", 201, token, json={"name": f"role {number}"})

    await asyncio.gather(*(make(number) for number in range(20)))
    finished = await run_command(auth.settings, "verify-audit")
    assert finished.code == 0, finished.err
    count = await db.fetchval("SELECT count(*) FROM auth.audit")
    assert f"ends with {count}:" in finished.out


TAMPERING = (
    ('UPDATE auth.audit SET after = after || \'{"name": "x"}\' WHERE number = 3', 3),
    ("UPDATE auth.audit SET actor_id = NULL WHERE number = 4", 4),
    (
        "UPDATE auth.audit SET created_at = created_at + interval '1 microsecond' WHERE number = 2",
        2,
    ),
    ("DELETE FROM auth.audit WHERE number = 3", 3),
    ("DELETE FROM auth.audit WHERE number = 5", 5),
    ("UPDATE auth.audit SET hash = decode(repeat('00', 32), 'hex') WHERE number = 1", 1),
    ("UPDATE auth.audit_head SET hash = decode(repeat('00', 32), 'hex')", 6),
)


@pytest.mark.parametrize(("sql", "row"), TAMPERING)
async def test_tampering_is_found_out(auth: Auth, db: Pool, sql: str, row: int) -> None:
    boss = await auth.superuser(db)
    for number in range(4):
        body = {"name": f"x{number}"}
        await auth.call("POST", "/roles", 201, boss["access_token"], json=body)
    assert await db.fetchval("SELECT count(*) FROM auth.audit") == 5
    assert (await run_command(auth.settings, "verify-audit")).code == 0
    await db.execute(sql)
    finished = await run_command(auth.settings, "verify-audit")
    assert finished.code == 1
    assert f"row {row} was changed or is missing" in finished.err


async def test_chain_that_was_cut_or_written_anew_is_found_out_by_its_end(
    auth: Auth, db: Pool
) -> None:
    boss = await auth.superuser(db)
    await auth.call("POST", "/roles", 201, boss["access_token"], json={"name": "x"})
    end = (await run_command(auth.settings, "verify-audit")).out.split()[-1]
    await auth.call("POST", "/roles", 201, boss["access_token"], json={"name": "y"})
    assert (await run_command(auth.settings, "verify-audit", "--known", end)).code == 0
    await db.execute("DELETE FROM auth.audit WHERE number > 1")
    await db.execute(
        "UPDATE auth.audit_head SET (number, hash) = (SELECT number, hash FROM auth.audit)"
    )
    assert (await run_command(auth.settings, "verify-audit")).code == 0
    assert (await run_command(auth.settings, "verify-audit", "--known", end)).code == 1
    await auth.call("POST", "/roles", 201, boss["access_token"], json={"name": "z"})
    assert (await run_command(auth.settings, "verify-audit")).code == 0
    finished = await run_command(auth.settings, "verify-audit", "--known", end)
    assert "row 2 was changed" in finished.err
    assert (await run_command(auth.settings, "verify-audit", "--known", "x")).code == 1


async def test_the_service_itself_cannot_rewrite_it(auth: Auth, database: Database) -> None:
    await auth.register()
    connection = await asyncpg.connect(database.auth)
    for sql in (
        "UPDATE auth.audit SET ip = NULL",
        "DELETE FROM auth.audit",
        "TRUNCATE auth.audit",
        "DELETE FROM auth.audit_head",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    await connection.close()


async def test_keys_and_commands_are_written_down(auth: Auth, db: Pool) -> None:
    boss = await auth.superuser(db)
    old = (await auth.call("GET", "/.well-known/jwks.json", 200))["keys"][0]["kid"]
    finished = await run_command(auth.settings, "rotate-keys", "--now")
    new = finished.out.split()[-1]
    boss |= await auth.login(boss["username"])
    entries = await audit(auth, boss["access_token"], limit=2)
    assert [(entry["action"], entry["object_id"]) for entry in entries] == [
        ("key.dropped", old),
        ("key.created", new),
    ]
    assert {(entry["actor_id"], entry["ip"]) for entry in entries} == {(None, None)}
