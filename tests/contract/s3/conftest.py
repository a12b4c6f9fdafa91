"""One server of one kind for the whole run; every test says which feature it stands for."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from multidict import CIMultiDictProxy
from yarl import URL

from services.local.guard import start_guard
from services.local.home import open_home
from shared.catalog.servers import Server
from shared.signer import presign
from shared.stores import Stores
from shared.vault import Vault, new_key
from tests.contract.s3.subject import KEYS, chosen_kind, listening, make_subject
from tests.contract.s3.support import FEATURES, GAPS, KINDS, REQUIRED, UNSTEADY
from tests.contract.s3.table import RESULTS, render

HERE = Path(__file__).parent
BUCKET = "meridian"
REGION = "us-east-1"
outcomes: defaultdict[str, list[str]] = defaultdict(list)


def pytest_configure(config):
    """Make our marker known."""
    config.addinivalue_line("markers", "feature(name): what of S3 a test stands for")


def pytest_collection_modifyitems(items):
    """Expect the known gaps of this kind to be gaps still."""
    gaps, unsteady = GAPS[chosen_kind()], UNSTEADY[chosen_kind()]
    for item in items:
        if HERE in item.path.parents:
            feature = item.get_closest_marker("feature").args[0]
            assert feature in FEATURES, feature
            if feature in gaps:
                item.add_marker(pytest.mark.xfail(reason=gaps[feature], strict=True))
            elif feature in unsteady:
                item.add_marker(pytest.mark.xfail(reason=unsteady[feature], strict=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember how each feature did."""
    report = yield
    marker = item.get_closest_marker("feature")
    if marker and (report.when == "call" or report.failed):
        fulfilled = report.passed and not hasattr(report, "wasxfail")
        outcomes[marker.args[0]].append("yes" if fulfilled else "no")
    return report


def pytest_terminal_summary(terminalreporter):
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
def kind():
    """The kind under test."""
    chosen = chosen_kind()
    assert chosen in KINDS, f"MERIDIAN_CONTRACT_KIND is one of {', '.join(KINDS)}"
    assert REQUIRED.isdisjoint(GAPS[chosen])
    return chosen


@pytest.fixture(scope="session")
def subject(kind, tmp_path_factory):
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

    def __init__(self, session, endpoint):
        self._session = session
        self.endpoint = endpoint

    def url(self, method, key, *, seconds=60, headers=None, query=None, keys=KEYS, now=None):
        """Sign a request."""
        return presign(
            keys,
            self.endpoint,
            REGION,
            BUCKET,
            method,
            key,
            seconds,
            signed_headers=headers or {},
            query=query or {},
            now=now or datetime.now(UTC),
        )

    async def ask(self, method, url, *, body=None, headers=None):
        """Send a request to an URL as it is."""
        sending = self._session.request(
            method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
        )
        async with sending as response:
            return Answer(response.status, response.headers, await response.read())

    async def send(self, method, key, *, body=None, headers=None, query=None):
        """Sign a request with all of its headers and send it."""
        url = self.url(method, key, headers=headers, query=query)
        return await self.ask(method, url, body=body, headers=headers)

    async def put(self, key, body, **headers):
        """Upload as Meridian's clients do: length and type are signed."""
        signed = {"Content-Type": "application/octet-stream", **headers}
        url = self.url("PUT", key, headers={**signed, "Content-Length": str(len(body))})
        return await self.ask("PUT", url, body=body, headers=signed)


@pytest.fixture
async def stores():
    """The stores of our services, with a key of their own."""
    vault = Vault([new_key()])
    async with Stores(vault) as stores:
        stores.vault = vault
        yield stores


@pytest.fixture
async def store(stores, subject):
    """The server as our services reach it, its bucket made."""
    store = stores.of(server_row(subject.endpoint, stores.vault))
    await store.bucket.ensure()
    return store


@pytest.fixture
async def client(store, subject):
    """A client of the server."""
    async with aiohttp.ClientSession(
        skip_auto_headers=("Content-Type", "User-Agent", "Accept"), auto_decompress=False
    ) as session:
        yield Client(session, subject.endpoint)


@pytest.fixture
def key():
    """A key never used before."""
    return f"objects/{uuid.uuid4().hex}"


def server_row(endpoint, vault, **changes):
    """A row of servers as it would be in the database."""
    row = {
        "id": uuid.uuid4(),
        "name": "contract",
        "endpoint": endpoint,
        "public_endpoint": endpoint,
        "region": REGION,
        "bucket": BUCKET,
        "access_key": KEYS.access_key,
        "secret_key_encrypted": vault.encrypt(KEYS.secret_key),
        "hook_secret_hash": b"",
        "city": "Nowhere",
        "zone": "none",
        "latitude": 0.0,
        "longitude": 0.0,
        "is_on": True,
        "is_active": True,
        "capabilities": {},
        "updated_at": datetime.now(UTC),
    }
    return Server(**{**row, **changes})
