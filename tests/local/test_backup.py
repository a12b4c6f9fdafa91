"""Everything of a local stack in one file, and back: while it runs, and while it does not."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from services.local.run.home import open_home
from services.local.run.lock import hold_lock
from services.local.run.swap import put_back, put_in_place
from services.local.servers.start import local_servers
from shared.migrate import ROLES, migrate
from tests.world.people import people_of
from tests.world.places import BOSTON, write_places
from tests.world.stack import PROJECT, running_stack

if TYPE_CHECKING:
    from tests.world.stack import Stack

pytestmark = pytest.mark.timeout(240)

BEFORE, AFTER = b"before the backup", b"after the backup"


def tell(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a home."""
    command = [sys.executable, "-m", "services.local", "--home", str(home), *words]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


async def upload(stack: Stack, name: str, content: bytes) -> None:
    async with people_of(stack.info, [BOSTON]) as people:
        started = await people[BOSTON].upload(name, content)
        await people[BOSTON].wait_for_copies(started["file"]["id"])


async def files(stack: Stack) -> dict[str, bytes]:
    """What everybody can download, from every city, by name."""
    async with people_of(stack.info, [BOSTON]) as people:
        person = people[BOSTON]
        found = {}
        for file in (await person.storage("GET", "/files"))["items"]:
            await person.wait_for_copies(file["id"])
            link = await person.storage("GET", f"/files/{file['id']}/download")
            urls = [link["url"], *(other["url"] for other in link["alternates"])]
            (found[file["name"]],) = {await person.read(url) for url in urls}
        return found


@pytest.mark.slow
def test_a_backup_of_a_running_stack_comes_back_running_and_stopped(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved.tar"
    places = {"MERIDIAN_GEOIP_DB": str(write_places(tmp_path / "places.mmdb"))}
    with running_stack(home, **places) as stack:
        accounts = stack.info["accounts"]
        asyncio.run(upload(stack, "before.txt", BEFORE))
        done = tell(home, "backup", str(saved))
        assert done.returncode == 0, done.stderr
        assert saved.stat().st_mode & 0o777 == 0o600
        asyncio.run(upload(stack, "after.txt", AFTER))
        done = tell(home, "restore", str(saved))
        assert done.returncode == 0, done.stderr + stack.screen
        assert asyncio.run(files(stack)) == {"before.txt": BEFORE}
        asyncio.run(upload(stack, "after.txt", AFTER))
        wrong = tmp_path / "wrong.tar"
        wrong.write_bytes(b"nonsense")
        done = tell(home, "restore", str(wrong))
        assert done.returncode == 1
        assert f"{wrong} cannot be read" in done.stderr
        assert asyncio.run(files(stack)) == {"before.txt": BEFORE, "after.txt": AFTER}
    second, elsewhere = tmp_path / "second.tar", tmp_path / "elsewhere"
    assert tell(home, "backup", str(second)).returncode == 0
    done = tell(elsewhere, "restore", str(second))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in elsewhere.iterdir()} >= {"postgres", "cities", "secrets.json"}
    assert not list(elsewhere.glob("*.part"))
    with running_stack(elsewhere, **places) as stack:
        assert stack.info["accounts"] == accounts
        assert asyncio.run(files(stack)) == {"before.txt": BEFORE, "after.txt": AFTER}


async def test_what_a_crash_left_behind_is_not_taken_for_a_stack(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved.tar"
    async with local_servers(home):
        """Make the data of a home."""
    place = ("--city", "Frankfurt", "--latitude", "50.11", "--longitude", "8.68")
    with subprocess.Popen(["sleep", "300"]) as bystander:
        left = json.dumps({"pids": {"stack": bystander.pid}})
        try:
            (home / "run.json").write_text(left)
            done = await asyncio.to_thread(tell, home, "add-city", "frankfurt", *place)
            assert (done.returncode, "nothing runs from" in done.stderr) == (1, True)
            for word in ("backup", "restore"):
                (home / "run.json").write_text(left)
                done = await asyncio.to_thread(tell, home, word, str(saved))
                assert (done.returncode, done.stderr) == (0, "")
            assert bystander.poll() is None
        finally:
            bystander.kill()
    assert saved.exists()


@pytest.mark.parametrize("damage", [None, "{"])
def test_a_home_without_its_secrets_is_explained(tmp_path: Path, damage: str | None) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    if damage is not None:
        (tmp_path / "secrets.json").write_text(damage)
    done = tell(tmp_path, "backup", str(tmp_path / "saved.tar"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "secrets.json" in done.stderr


def write_tar(path: Path, *members: tuple[str, bytes, bytes]) -> None:
    """Write a file of members: name, type, and content or what it points to."""
    with tarfile.open(path, "w") as tar:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            if kind == tarfile.SYMTYPE:
                member.linkname = content.decode()
            else:
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


MANIFEST = ("manifest.json", tarfile.REGTYPE, b'{"meridian_backup": 1}')
DUMP = ("database.dump", tarfile.REGTYPE, b"dump")
SECRETS = ("secrets.json", tarfile.REGTYPE, b'{"postgres": "secret"}')


@pytest.mark.parametrize(
    ("members", "because"),
    [
        ([("manifest.json", tarfile.REGTYPE, b"[]"), DUMP, SECRETS], "is no backup"),
        ([("manifest.json", tarfile.DIRTYPE, b""), DUMP, SECRETS], "is no backup"),
        ([MANIFEST, DUMP], "is not whole: there is no secrets.json in it"),
        ([MANIFEST, SECRETS], "is not whole: there is no database.dump in it"),
        ([MANIFEST, DUMP, SECRETS, ("../out", tarfile.REGTYPE, b"x")], "is no part of a backup"),
        ([MANIFEST, DUMP, SECRETS, ("run.json", tarfile.REGTYPE, b"{}")], "is no part of a backup"),
        (
            [MANIFEST, DUMP, SECRETS, ("cities/../../out", tarfile.REGTYPE, b"x")],
            "is no part of a backup",
        ),
        (
            [MANIFEST, DUMP, SECRETS, ("cities", tarfile.SYMTYPE, b"/tmp")],
            "is no part of a backup",
        ),
        ([MANIFEST, DUMP, SECRETS, ("cities", tarfile.FIFOTYPE, b"")], "is no part of a backup"),
        ([MANIFEST, DUMP, SECRETS], "pg_restore"),
    ],
)
def test_a_file_that_is_not_as_we_write_it_changes_nothing(
    tmp_path: Path, members: list[tuple[str, bytes, bytes]], because: str
) -> None:
    home, odd = tmp_path / "home", tmp_path / "odd.tar"
    home.mkdir()
    (home / "secrets.json").write_text("{}")
    write_tar(odd, *members)
    done = tell(home, "restore", str(odd))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert because in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"home", "odd.tar"}
    assert {path.name for path in home.iterdir()} <= {"secrets.json", "lock", "logs"}
    assert (home / "secrets.json").read_text() == "{}"


KILLS = 11


@pytest.mark.parametrize("kill_at", range(KILLS + 1))
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    home, part = open_home(tmp_path), tmp_path / "restore.part"
    # The old has streams and the new an added city; nothing else differs but what is in it.
    old = {"postgres/data", "cities/here", "valkey/log", "secrets.json", "node.json"}
    new = {"postgres/data", "cities/here", "cities.json", "secrets.json", "node.json"}
    for folder, names, age in ((tmp_path, old, "old"), (part, new, "new")):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(age)
    rename, done = Path.rename, 0

    def killed(source: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done > kill_at:
            raise KeyboardInterrupt
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", killed)
    with contextlib.suppress(KeyboardInterrupt):
        put_in_place(home, part)
    monkeypatch.undo()
    with hold_lock(home):
        # Nothing is to be mended twice.
        put_back(home)
    names, age = (new, "new") if kill_at == KILLS else (old, "old")
    there = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in there if not name.startswith("restore.part/")} == {*names, "lock"}
    assert {(tmp_path / name).read_text() for name in names} == {age}


async def test_a_backup_of_newer_code_changes_nothing(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved.tar"
    async with local_servers(home) as (plan, _):
        await migrate(plan.postgres.url(), dict.fromkeys(ROLES, "only-for-tests"))
        database = await asyncpg.connect(plan.postgres.url())
        await database.execute(
            "INSERT INTO public.migrations (name, checksum) VALUES ($1, repeat('0', 64))",
            "storage/9999_later.sql",
        )
        await database.close()
    done = await asyncio.to_thread(tell, home, "backup", str(saved))
    assert done.returncode == 0, done.stderr
    (home / "postgres" / "former").touch()
    done = await asyncio.to_thread(tell, home, "restore", str(saved))
    assert done.returncode == 1
    assert "newer than this code: it has storage/9999_later.sql" in done.stderr
    assert (home / "postgres" / "former").exists()


def test_nothing_is_nothing_to_back_up(tmp_path: Path) -> None:
    done = tell(tmp_path, "backup", str(tmp_path / "saved.tar"))
    assert done.returncode == 1
    assert "there is nothing to back up" in done.stderr


def test_a_file_of_somebody_else_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other.tar"
    home.mkdir()
    (home / "secrets.json").write_text("{}")
    with tarfile.open(other, "w") as tar:
        tar.add(os.devnull, "manifest.json")
    done = tell(home, "restore", str(other))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr or "is no backup" in done.stderr
    assert (home / "secrets.json").read_text() == "{}"
