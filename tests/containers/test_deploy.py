"""The commands of an operator, and what they say when something is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from services.local.run.dotenv import complete
from tests.world.cities import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.containers.stack import Containers

ONCE = {"migrate", "servers", "geoip"}
COUNT = {"replicator": 2}


def test_everything_is_up(containers: Containers) -> None:
    lines = containers.compose("ps", "--all", "--format", "json").splitlines()
    seen = [json.loads(line) for line in lines if line.startswith("{")]
    for one in seen:
        if one["Service"] in ONCE:
            assert (one["State"], one["ExitCode"]) == ("exited", 0), one
        else:
            assert (one["State"], one["Health"]) == ("running", "healthy"), one
    services = [one["Service"] for one in seen]
    for name in set(containers.compose("config", "--services").split()):
        assert services.count(name) == COUNT.get(name, 1), name
    assert "(healthy)" in containers.make("ps")


def test_nothing_has_more_rights_than_it_needs(containers: Containers) -> None:
    for name in containers.compose("ps", "--all", "--format", "{{.Name}}").split():
        (seen,) = json.loads(containers.engine.docker("inspect", name))
        host = seen["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert not host["Privileged"], name
        published = [one for ports in host["PortBindings"].values() for one in ports]
        assert all(one["HostIp"] == "127.0.0.1" for one in published), name
        if "postgres" in name or "valkey" in name:
            assert not published
        if "meridian-service" in seen["Config"]["Image"]:
            assert seen["Config"]["User"] == "10001:10001"


def test_no_secret_has_a_default(containers: Containers, tmp_path: Path) -> None:
    empty = tmp_path / ".env"
    empty.write_text("")
    argv = ("docker", "compose", "--env-file", str(empty), "config", "--quiet")
    said = containers.run(argv, 1, {})
    assert "MERIDIAN_" in said
    assert "run make up" in said


def test_migrating_again_changes_nothing(containers: Containers) -> None:
    assert "nothing to do" in containers.make("migrate")


def test_a_newer_database_is_refused(containers: Containers) -> None:
    containers.psql("INSERT INTO public.migrations VALUES ('storage/9999_later.sql', 'x', now())")
    try:
        said = containers.make("migrate", status=1)
        assert "the database is newer than this code: it has storage/9999_later.sql" in said
    finally:
        containers.psql("DELETE FROM public.migrations WHERE name = 'storage/9999_later.sql'")


def test_a_weak_database_password_is_refused(containers: Containers) -> None:
    weak = ("run", "--rm", "--no-deps", "-e", "MERIDIAN_AUTH_DB_PASSWORD=changeme", "migrate")
    assert "MERIDIAN_AUTH_DB_PASSWORD must have at least 16" in containers.compose(*weak, status=1)


def test_a_broken_key_is_refused(containers: Containers) -> None:
    broken = ("run", "--rm", "--no-deps", "-e", "MERIDIAN_SECRET_KEYS=abc", "replicator")
    assert "MERIDIAN_SECRET_KEYS" in containers.compose(*broken, status=1)


def test_a_superuser_is_made(containers: Containers) -> None:
    account = "--username boss --email boss@example.org"
    # No terminal here, so Compose is told not to want one.
    containers.compose(
        "exec",
        "-T",
        "-e",
        "MERIDIAN_SUPERUSER_PASSWORD=the-boss-of-three-cities-9",
        "auth",
        *("python", "-m", "services.auth", "createsuperuser", *account.split()),
    )
    assert containers.psql("SELECT is_superuser FROM auth.users WHERE username = 'boss'") == "t"


def servers_with(containers: Containers, **changes: str) -> str:
    """What is set up, with another New York."""
    config = json.loads(containers.compose("config", "--format", "json"))
    described = json.loads(config["services"]["servers"]["environment"]["MERIDIAN_SERVERS"])
    return json.dumps([{**described[0], **changes}])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret_key": "another-key-0123456789"}, "new-york refuses us; are its keys right?"),
        ({"secret_key": "changeme"}, "new-york: secret_key must have at least 16"),
        ({"endpoint": "http://minio-nowhere:9000", "name": "nowhere"}, "does not answer at"),
        ({"latitude": "north"}, "new-york: latitude"),
    ],
    ids=["wrong key", "weak key", "away", "no number"],
)
def test_a_server_that_is_described_wrongly(
    containers: Containers, changes: dict[str, str], words: str
) -> None:
    servers = servers_with(containers, **changes)
    run = ("run", "--rm", "--no-deps", "-e", f"MERIDIAN_SERVERS={servers}", "servers")
    assert words in containers.compose(*run, status=1)


def test_what_servers_can_do_is_known(containers: Containers) -> None:
    for city in NAMES:
        row = containers.psql(f"SELECT capabilities FROM storage.servers WHERE name = '{city}'")
        found = json.loads(row)
        assert found["if_none_match"]
        assert found["notifications"]
        assert abs(found["clock_skew_seconds"]) < 5


def test_a_taken_port_is_named(containers: Containers) -> None:
    second = f"{containers.settings.name}-second"
    port = str(containers.settings.ports["new-york"])
    try:
        up = ("up", "--detach", "--no-build", "minio-new-york")
        said = containers.compose(*up, status=1, COMPOSE_PROJECT_NAME=second)
        assert port in said
    finally:
        containers.compose("down", "--volumes", COMPOSE_PROJECT_NAME=second)


def test_a_second_stack_has_data_of_its_own(containers: Containers) -> None:
    second = f"{containers.settings.name}-second"
    try:
        containers.compose("run", "--rm", "migrate", COMPOSE_PROJECT_NAME=second)
        count = containers.psql("SELECT count(*) FROM auth.users", second)
        assert count == "0"
    finally:
        containers.compose("down", "--volumes", COMPOSE_PROJECT_NAME=second)


def test_secrets_are_made_up_once(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nMERIDIAN_LOG_LEVEL=debug\nMERIDIAN_REDIS_PASSWORD=\n")
    made = complete(file)
    assert "MERIDIAN_REDIS_PASSWORD" in made
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert text.startswith("# mine\nMERIDIAN_LOG_LEVEL=debug\n")
    assert complete(file) == []
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("MERIDIAN_POSTGRES_PASSWORD", "changeme"),
        ("MERIDIAN_REDIS_PASSWORD", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("MERIDIAN_CAPE_TOWN_SECRET_KEY", "minioadmin-minioadmin"),
        ("MERIDIAN_AUTH_DB_PASSWORD", "with/slash@and:colon0123"),
        ("MERIDIAN_SECRET_KEYS", "c2hvcnQ="),
    ],
)
def test_weak_secrets_are_refused_by_name(tmp_path: Path, name: str, secret: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{name}={secret}\n")
    with pytest.raises(ValueError, match=f"^{name} in .*"):
        complete(file)
    assert file.read_text() == f"{name}={secret}\n"
