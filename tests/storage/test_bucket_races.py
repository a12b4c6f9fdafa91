"""One bucket, two operators, one moment: it becomes the bucket of one server, never of two."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from services.storage.cities.claim import claim_bucket
from services.storage.cities.marker import read_marker
from services.storage.keys import PROBER
from services.storage.servers.capability_calls import PREFIX
from shared.catalog.servers import NewServer
from shared.errors import MeridianError
from tests.storage.conftest import make_token
from tests.storage.newcomers import RIGHTS, bucket, described, frankfurt, operator
from tests.storage.processes import other

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.local.servers.node import Node
    from services.storage.cities.probe import Prober
    from shared.stores.store import Store
    from tests.storage.conftest import Person, Storage

__all__ = ["bucket", "frankfurt", "operator", "other"]

ROUNDS = 6
NAMES = ("berlin", "frankfurt")
ADD = "/storage/api/v1/servers"


@pytest.fixture
def operators(operator: Person, other: Storage) -> tuple[Person, Person]:
    """Two of them, each asking a process of its own."""
    second = other.person()
    second.token = make_token(second.id, second.session_id, scope=RIGHTS)
    return operator, second


async def ask(person: Person, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer with its status, whatever it is."""
    headers = {"Authorization": f"Bearer {person.token}"}
    sending = person.client.request(method, path, json=body, headers=headers)
    async with sending as answer:
        return {**await answer.json(), "status": answer.status}


def winner_of(answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The one who got the bucket; the other was told who has it."""
    won, lost = sorted(answers, key=lambda answer: int(answer["status"]))
    assert (lost["status"], lost.get("code")) == (409, "BUCKET_TAKEN"), answers
    assert lost["server"] == won["name"]
    return won


def prober_of(storage: Storage) -> Prober:
    assert storage.client.app is not None
    return storage.client.app[PROBER]


def store_of(storage: Storage, node: Node, bucket: str) -> Store:
    prober = prober_of(storage)
    there = described(node, bucket)
    new = NewServer(**there, public_endpoint=node.endpoint, hook_secret="h" * 40)
    return prober.stores.of(prober.candidate(new))


async def make_bucket(storage: Storage, node: Node, bucket: str) -> None:
    """With an object in it: the node erases a folder with its last object, under another's PUT."""
    store = store_of(storage, node, bucket)
    await store.bucket.ensure()
    await store.put(f"{PREFIX}kept", b"", 0)


async def marked(storage: Storage, node: Node, bucket: str) -> str:
    """The server that the bucket itself names."""
    marker = await read_marker(store_of(storage, node, bucket))
    assert marker is not None
    return marker.server


@pytest.mark.parametrize("hosts", [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "localhost")])
async def test_two_names_for_one_bucket_at_once(
    storage: Storage,
    operators: tuple[Person, Person],
    frankfurt: Node,
    bucket: str,
    hosts: tuple[str, str],
) -> None:
    for number in range(ROUNDS):
        place = f"{bucket}-{number}"
        await make_bucket(storage, frankfurt, place)
        bodies = [
            described(frankfurt, place, name=name, endpoint=f"http://{host}:{frankfurt.port}")
            for name, host in zip(NAMES, hosts, strict=True)
        ]
        asked = zip(operators, bodies, strict=True)
        answers = await asyncio.gather(*(ask(one, "POST", ADD, body) for one, body in asked))
        won = winner_of(answers)
        assert won["status"] == 201
        assert await marked(storage, frankfurt, place) == won["name"]
        await operators[0].call("DELETE", f"/servers/{won['id']}", 200)


async def test_a_move_into_a_bucket_that_is_just_added(
    storage: Storage, operators: tuple[Person, Person], frankfurt: Node, bucket: str
) -> None:
    for number in range(ROUNDS):
        home, place = f"{bucket}-{number}-home", f"{bucket}-{number}"
        await make_bucket(storage, frankfurt, place)
        body = described(frankfurt, home, name="berlin")
        berlin = await operators[0].call("POST", "/servers", 201, json=body)
        answers = await asyncio.gather(
            ask(operators[0], "PATCH", f"{ADD}/{berlin['id']}", {"bucket": place}),
            ask(operators[1], "POST", ADD, described(frankfurt, place)),
        )
        won = winner_of(answers)
        assert await marked(storage, frankfurt, place) == won["name"]
        for server_id in {berlin["id"], won["id"]}:
            await operators[0].call("DELETE", f"/servers/{server_id}", 200)


async def test_the_bucket_of_a_city_that_came_with_the_installation(storage: Storage) -> None:
    """It has no marker: its row says whose it is."""
    known = storage.servers["new-york"]
    prober = prober_of(storage)
    boston = replace(known, id=uuid4(), name="boston")
    with pytest.raises(MeridianError) as refusal:
        async with claim_bucket(prober, boston):
            raise AssertionError("It was given away.")
    said = refusal.value
    assert (said.problem.code, said.facts) == ("BUCKET_TAKEN", {"server": "new-york"})
    assert await read_marker(prober.stores.of(known)) is None
