"""The containers as `make up` brings them up, on an engine that may be ours for the while."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.containers.engine import running_engine
from tests.containers.stack import Containers, Measured, new_settings
from tests.containers.stand_ins import make_stand_ins
from tests.world.people import Visitor, visitors_of
from tests.world.places import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HERE = Path(__file__).parent
# They take minutes and may install an engine, so they run only when asked for.
collect_ignore_glob = [] if os.environ.get("MERIDIAN_TEST_CONTAINERS") == "1" else ["test_*"]
LONGEST_SECONDS = 2400
USERNAME, PASSWORD = "traveller", "a-long-way-from-home-27"
kept = pytest.StashKey[Measured]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Building the images may count as part of a test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say once more what was measured."""
    measured = config.stash.get(kept, None)
    if measured is not None:
        terminalreporter.section("containers")
        terminalreporter.write_line("\n".join(measured.lines))


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Measured:
    """Where a test leaves a line about what it measured."""
    reporter = pytestconfig.pluginmanager.getplugin("terminalreporter")
    assert reporter is not None
    pytestconfig.stash[kept] = Measured(reporter.write_line)
    return pytestconfig.stash[kept]


@pytest.fixture(scope="session")
def containers(
    tmp_path_factory: pytest.TempPathFactory, measured: Measured
) -> Iterator[Containers]:
    """The whole product in containers, made by the commands of docs/deploy.md."""
    folder = tmp_path_factory.mktemp("containers")
    measured.tell("an engine for containers …")
    with running_engine() as engine:
        stack = Containers(engine, new_settings(folder), measured)
        if engine.needs_stand_ins:
            with measured.timed("stand-ins of base images"):
                make_stand_ins(engine)
        try:
            stack.bring_up()
            yield stack
        finally:
            stack.remove()


@pytest.fixture
async def visitors(containers: Containers) -> AsyncIterator[dict[str, Visitor]]:
    """One person in three places, by the address they seem to come from."""
    async with visitors_of(containers.info(), ADDRESSES) as people:
        await register(people.pop("nobody"))
        for person in people.values():
            await person.log_in(USERNAME, PASSWORD)
        yield people


async def register(visitor: Visitor) -> None:
    """Make the account, unless a test before this one has."""
    body = {
        "username": USERNAME,
        "password": PASSWORD,
        "email": "traveller@example.org",
        "first_name": "Tess",
        "last_name": "Traveller",
    }
    url = f"{visitor.info['services']['auth']}/register"
    async with visitor.session.post(url, json=body) as answer:
        assert answer.status in {201, 409}, await answer.text()
