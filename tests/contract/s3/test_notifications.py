"""Whether a server tells of its objects."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest

from services.storage.servers import notifications as announce
from services.storage.servers.notifications import TARGET_ARN, announce_objects
from tests.contract.s3.subject import HOOK_SECRET

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import QueueConfigurationTypeDef

    from shared.stores.store import Store
    from tests.contract.s3.conftest import Client
    from tests.contract.s3.subject import Hook, Subject

CREATED = "ObjectCreated:"
PART = 5 * 1024 * 1024


@pytest.fixture
async def telling(store: Store, subject: Subject, kind: str) -> Hook:
    """The hook, and a server told to use it where it has to be told."""
    if kind == "minio":
        await announce_objects(store)
    return subject.hook


async def told(
    hook: Hook, key: str, event: str, seconds: float = 4
) -> tuple[str | None, dict[str, Any]] | None:
    return await asyncio.to_thread(hook.wait_for, key, event, seconds)


@pytest.mark.feature("set_notification")
async def test_set_notification(store: Store) -> None:
    assert await announce_objects(store)
    assert await announce_objects(store)


async def test_an_unknown_target_is_no_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "TARGET_ARN", "arn:minio:sqs::NOBODY:webhook")
    assert not await announce_objects(store)


@pytest.mark.feature("notification")
async def test_put_is_told(client: Client, telling: Hook, key: str) -> None:
    key = f"{key} с пробелом+.txt"
    await client.put(key, b"12345")
    found = await told(telling, key[8:40], CREATED)
    assert found is not None
    record = found[1]
    assert record["s3"]["bucket"]["name"] == "meridian"
    assert record["s3"]["object"]["size"] == 5
    # AWS and MinIO encode the key, VersityGW does not.
    assert record["s3"]["object"]["key"].replace("%2F", "/") in {
        key,
        quote_plus(key, safe="/"),
    }


@pytest.mark.feature("notification_secret")
async def test_secret_is_sent(client: Client, telling: Hook, key: str) -> None:
    await client.put(key, b"12345")
    found = await told(telling, key.rpartition("/")[2], CREATED)
    assert found is not None
    assert found[0] == f"Bearer {HOOK_SECRET}"


@pytest.mark.feature("notification_parts")
async def test_completed_parts_are_told(
    client: Client, telling: Hook, store: Store, key: str
) -> None:
    upload_id = await store.multipart.create(key)
    etag = await store.multipart.put(key, upload_id, 1, os.urandom(PART), PART)
    await store.multipart.complete(key, upload_id, [etag])
    event = f"{CREATED}CompleteMultipartUpload"
    assert await told(telling, key.rpartition("/")[2], event) is not None


@pytest.mark.feature("notification_removed")
async def test_deleting_is_told(
    client: Client, telling: Hook, store: Store, kind: str, key: str
) -> None:
    if kind == "minio":
        queue: QueueConfigurationTypeDef = {
            "QueueArn": TARGET_ARN,
            "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
        }
        async with store.control.call("set notification", 10) as s3:
            await s3.put_bucket_notification_configuration(
                Bucket=store.server.bucket,
                NotificationConfiguration={"QueueConfigurations": [queue]},
            )
    await client.put(key, b"12345")
    await store.delete(key)
    assert await told(telling, key.rpartition("/")[2], "ObjectRemoved:") is not None


@pytest.mark.feature("notification_kept")
async def test_kept_while_the_hook_is_away(client: Client, telling: Hook, key: str) -> None:
    telling.status = 503
    try:
        await client.put(key, b"12345")
        assert await told(telling, key.rpartition("/")[2], CREATED, 2) is None
    finally:
        telling.status = 204
    assert await told(telling, key.rpartition("/")[2], CREATED, 15) is not None
