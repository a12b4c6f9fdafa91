"""The bucket of one server: what is in it, and how it is set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from shared.stores.errors import StoreRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from types_aiobotocore_s3.type_defs import CORSRuleTypeDef

    from shared.stores.control import Control

CALL_SECONDS = 10
LIST_SECONDS = 60
CORS_METHODS = ("GET", "HEAD", "PUT")
CORS_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object in a listing; `size` in bytes, `etag` without quotes."""

    key: str
    size: int
    etag: str
    modified_at: datetime


class Bucket:
    """The one bucket that is ours on a server."""

    def __init__(self, control: Control, name: str) -> None:
        self._control = control
        self._name = name

    async def list(self, prefix: str = "") -> AsyncIterator[ListedObject]:
        """Objects whose keys begin with `prefix`, in the order of keys."""
        following: dict[str, str] = {}
        while True:
            async with self._control.call("list", LIST_SECONDS) as client:
                page = await client.list_objects_v2(
                    Bucket=self._name, Prefix=prefix, **cast("Any", following)
                )
            for found in page.get("Contents", ()):
                etag = found["ETag"].strip('"')
                yield ListedObject(found["Key"], found["Size"], etag, found["LastModified"])
            if not page.get("NextContinuationToken"):
                return
            following = {"ContinuationToken": page["NextContinuationToken"]}

    async def ensure(self) -> None:
        """Create the bucket unless it is there."""
        async with self._control.call("create bucket", CALL_SECONDS) as client:
            found = client.exceptions
            try:
                await client.create_bucket(Bucket=self._name)
            except (found.BucketAlreadyExists, found.BucketAlreadyOwnedByYou):
                return

    async def allow_origins(self, origins: Sequence[str]) -> bool:
        """Let pages of these origins use presigned URLs; False if the server has no such call."""
        rule: CORSRuleTypeDef = {
            "AllowedMethods": CORS_METHODS,
            "AllowedOrigins": list(origins),
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag", "Content-Range", "Accept-Ranges"],
            "MaxAgeSeconds": CORS_SECONDS,
        }
        try:
            async with self._control.call("set cors", CALL_SECONDS) as client:
                await client.put_bucket_cors(
                    Bucket=self._name, CORSConfiguration={"CORSRules": [rule]}
                )
        except StoreRefused:
            return False
        return True
