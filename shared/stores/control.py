"""The S3 calls that carry no file bytes, by aiobotocore."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError, ClientError

from shared.stores.errors import Redirected, StoreRefused, StoreUnavailable
from shared.stores.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    import aiohttp
    from types_aiobotocore_s3.client import S3Client

    from shared.catalog.servers import Server
    from shared.signer import Credentials
    from shared.stores.addresses import AddressRules
    from shared.stores.health import Health

CONNECT_SECONDS = 3
# Copying or joining the parts of a large object says nothing until it is done.
LONGEST_SECONDS = 300


# Reading botocore's descriptions of S3 takes longer than most requests: once is enough.
SESSION = AioSession()


class _FirstAnswer:
    """A session whose requests end with the first answer; a redirect is one."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def request(self, method: str, **details: Any) -> aiohttp.ClientResponse:
        return await self._session.request(method, allow_redirects=False, **details)


class _StrictSession(AIOHTTPSession):  # noqa: WPS338
    """Raises for a redirect: botocore, handed the answer, would follow it again and again.

    Connects only where the rules allow it.
    """

    def __init__(self, rules: AddressRules, **settings: Any) -> None:
        super().__init__(**settings)
        known: dict[str, Any] = self.__dict__["_connector_args"]
        known["socket_factory"] = rules.make_socket

    async def _get_session(self, proxy_url: str | None) -> _FirstAnswer:
        return _FirstAnswer(await super()._get_session(proxy_url))  # type: ignore[misc]

    async def send(self, request: Any) -> Any:
        answer = await super().send(request)
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status_code < HTTPStatus.BAD_REQUEST:
            raise Redirected(f"{request.method}: {answer.status_code}")
        return answer


def _configure(rules: AddressRules) -> AioConfig:
    return AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"total_max_attempts": 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=LONGEST_SECONDS,
        http_session_cls=partial(_StrictSession, rules),  # type: ignore[arg-type]
    )


class Control:
    """The aiobotocore client of one server, made by its first call."""

    def __init__(
        self, server: Server, credentials: Credentials, health: Health, rules: AddressRules
    ) -> None:
        self._health = health
        self._rules = rules
        self._server = server
        self._credentials = credentials
        self._client: S3Client | None = None
        self._making = asyncio.Lock()
        self._closing = AsyncExitStack()

    @asynccontextmanager
    async def call(self, what: str, seconds: float) -> AsyncIterator[S3Client]:
        """Use the client for at most `seconds`; StoreError for whatever goes wrong.

        Making it is our own work, and takes a busy process seconds: it is not the server's time.
        """
        with self._health.watch(), _translated(what):
            client = self._client or await self._make()
            async with asyncio.timeout(seconds):
                yield client

    async def close(self) -> None:
        """Close the connections of this server."""
        await self._closing.aclose()
        self._client = None

    async def _make(self) -> S3Client:
        async with self._making:
            if self._client is None:
                creating = SESSION.create_client(
                    "s3",
                    region_name=self._server.region,
                    endpoint_url=self._server.endpoint,
                    # The certificates of all authorities are 0.7 MB a server, and 15 ms or more.
                    verify=not self._server.endpoint.startswith("http:"),
                    aws_access_key_id=self._credentials.access_key,
                    aws_secret_access_key=self._credentials.secret_key,
                    config=_configure(self._rules),
                )
                self._client = await self._closing.enter_async_context(creating)
            return self._client


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise refusal(status, error.response["Error"].get("Code", ""), what) from error
    except (BotoCoreError, TimeoutError, OSError) as error:
        raise StoreUnavailable(f"{what}: {type(error).__name__}") from error
    except ValueError as error:
        raise StoreRefused(f"{what}: {error}") from error
