"""One server of one kind for the whole run; tests say which feature they stand for."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from yarl import URL

from services.local.process.guard import start_guard
from services.local.run.home import open_home
from shared.catalog.servers import Server
from shared.signer import NOTHING, Credentials, presign
from shared.stores.store import Store
from shared.stores.stores import Stores
from shared.vault import Vault, new_key
from tests.contract.s3.subject import KEYS, Subject, chosen_kind, listening, make_subject
from tests.contract.s3.support import FEATURES, GAPS, KINDS, REQUIRED, UNSTEADY
from tests.contract.s3.table import RESULTS, render

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterator, Mapping

    from multidict import CIMultiDictProxy

    Body = bytes | AsyncIterable[bytes] | None

HERE = Path(__file__).parent
BUCKET = "meridian"
REGION = "us-east-1"
outcomes: defaultdict[str, list[str]] = defaultdict(list)


def pytest_configure(config: pytest.Config) -> None:
    """Make our marker known."""
    config.addinivalue_line("markers", "feature(name): what of S3 a test stands for")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the known gaps of this kind to be gaps still."""
    gaps, unsteady = GAPS[chosen_kind()], UNSTEADY[chosen_kind()]
    for item in items:
        marker = item.get_closest_marker("feature")
        if marker and HERE in item.path.parents:
            feature = marker.args[0]
            assert feature in FEATURES, feature
            if feature in gaps:
                item.add_marker(pytest.mark.xfail(reason=gaps[feature], strict=True))
            elif feature in unsteady:
                item.add_marker(pytest.mark.xfail(reason=unsteady[feature], strict=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how each feature did."""
    report = yield
    marker = item.get_closest_marker("feature")
    if marker and (report.when == "call" or report.failed):
        fulfilled = report.passed and not hasattr(report, "wasxfail")
        outcomes[marker.args[0]].append("yes" if fulfilled else "no")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the support table of this kind, and keep it for the one of all kinds."""
    if not outcomes:
        return
    kind = chosen_kind()
    results = {name: "no" if "no" in seen else "yes" for name, seen in outcomes.items()}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{kind}.json").write_text(json.dumps(results, indent=2))
    terminalreporter.section(f"S3 support of {kind}")
    terminalreporter.write_line(render({kind: results}))


@pytest.fixture(scope="session")
def kind() -> str:
    """The kind under test."""
    chosen = chosen_kind()
    assert chosen in KINDS, f"MERIDIAN_CONTRACT_KIND is one of {', '.join(KINDS)}"
    assert REQUIRED.isdisjoint(GAPS[chosen])
    return chosen


@pytest.fixture(scope="session")
def subject(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """The running server; it ends with the run, also when that is killed."""
    home = open_home(tmp_path_factory.mktemp("s3"))
    with listening() as hook, start_guard() as guard:
        subject = make_subject(kind, home, hook, guard)
        subject.start()
        yield subject
        subject.stop()


@dataclass
class Answer:
    """A whole answer."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Client:
    """A client with presigned URLs and nothing else, as a browser has them."""

    def __init__(self, session: aiohttp.ClientSession, endpoint: str) -> None:
        self._session = session
        self.endpoint = endpoint

    def url(
        self,
        method: str,
        key: str,
        *,
        seconds: int = 60,
        headers: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
        keys: Credentials = KEYS,
        now: datetime | None = None,
    ) -> str:
        """Sign a request."""
        return presign(
            keys,
            self.endpoint,
            REGION,
            BUCKET,
            method,
            key,
            seconds,
            signed_headers=headers,
            query=query,
            now=now or datetime.now(UTC),
        )

    async def ask(
        self, method: str, url: str, *, body: Body = None, headers: Mapping[str, str] = NOTHING
    ) -> Answer:
        """Send a request to an URL as it is."""
        sending = self._session.request(
            method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
        )
        async with sending as response:
            return Answer(response.status, response.headers, await response.read())

    async def send(
        self,
        method: str,
        key: str,
        *,
        body: Body = None,
        headers: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
    ) -> Answer:
        """Sign a request with all of its headers and send it."""
        url = self.url(method, key, headers=headers, query=query)
        return await self.ask(method, url, body=body, headers=headers)

    async def put(self, key: str, body: bytes, headers: Mapping[str, str] = NOTHING) -> Answer:
        """Upload as Meridian's clients do: length and type are signed."""
        signed = {"Content-Type": "application/octet-stream", **headers}
        url = self.url("PUT", key, headers={**signed, "Content-Length": str(len(body))})
        return await self.ask("PUT", url, body=body, headers=signed)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Where the secret key of the server is sealed."""
    return Vault([new_key()])


@pytest.fixture
async def stores(vault: Vault) -> AsyncIterator[Stores]:
    """The stores of our services, with a key of their own."""
    async with Stores(vault) as stores:
        yield stores


@pytest.fixture
async def store(stores: Stores, vault: Vault, subject: Subject) -> Store:
    """The server as our services reach it, its bucket made."""
    store = stores.of(server_row(subject.endpoint, vault))
    await store.bucket.ensure()
    return store


@pytest.fixture
async def client(store: Store, subject: Subject) -> AsyncIterator[Client]:
    """A client of the server."""
    async with aiohttp.ClientSession(
        skip_auto_headers=("Content-Type", "User-Agent", "Accept"), auto_decompress=False
    ) as session:
        yield Client(session, subject.endpoint)


@pytest.fixture
def key() -> str:
    """A key never used before."""
    return f"objects/{uuid.uuid4().hex}"


def server_row(endpoint: str, vault: Vault) -> Server:
    """A row of servers as it would be in the database."""
    return Server(
        id=uuid.uuid4(),
        name="contract",
        endpoint=endpoint,
        public_endpoint=endpoint,
        region=REGION,
        bucket=BUCKET,
        access_key=KEYS.access_key,
        secret_key_encrypted=vault.encrypt(KEYS.secret_key),
        hook_secret_hash=b"",
        city="Nowhere",
        zone="none",
        latitude=0.0,
        longitude=0.0,
        is_on=True,
        is_active=True,
        capabilities={},
        updated_at=datetime.now(UTC),
    )
