"""A server that no catalog knows, and an operator who may add it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.local.process.child import start_child
from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.node import Node
from tests.storage.conftest import EVERYTHING, Person, Storage, make_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Servers

SECRET = "frankfurt-am-main-60311"
# As if the replicator had been there.
COPY_EVERYWHERE = """
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT versions.owner_id, versions.id, servers.id, 'READY', now()
FROM storage.versions CROSS JOIN storage.servers
ON CONFLICT (owner_id, version_id, server_id) DO UPDATE SET state = 'READY', verified_at = now()
"""
RIGHTS = (
    f"{EVERYTHING} servers.view servers.create servers.change servers.delete "
    "replication.view replication.change"
)


@pytest.fixture(scope="session")
def frankfurt(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """An S3 server that no catalog knows."""
    home = open_home(tmp_path_factory.mktemp("frankfurt"))
    port = keep_ports(home, ["node"])["node"]
    node = Node("frankfurt", home.subfolder("frankfurt"), port, "frankfurt", SECRET)
    with start_guard() as guard:

        async def begin() -> Any:
            child = await start_child(node.command(), guard, home.logs)
            await child.until_ready()
            return child

        child = servers.run(begin())
        yield node
        servers.run(child.stop(2))


@pytest.fixture
def operator(storage: Storage) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=RIGHTS)
    return person


def described(node: Node, bucket: str, **changes: Any) -> dict[str, Any]:
    known = {
        "name": "frankfurt",
        "endpoint": node.endpoint,
        "bucket": bucket,
        "access_key": "frankfurt",
        "secret_key": SECRET,
        "city": "Frankfurt",
        "zone": "europe",
        "latitude": 50.1,
        "longitude": 8.7,
    }
    return {**known, **changes}


def holder(file: dict[str, Any]) -> str:
    """The server that a file was uploaded to."""
    servers: dict[str, str] = file["replicas"]["servers"]
    return next(name for name, state in servers.items() if state == "ready")


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> str:
    """A bucket of each test's own."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name.lower())
    return f"b-{name}"[:60].strip("-")
