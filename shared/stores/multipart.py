"""Objects that arrive in parts: invisible until completed, gone when aborted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from shared.stores.errors import StoreRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

    from shared.stores.control import Control

CALL_SECONDS = 10
# Ten thousand parts come in ten pages.
LIST_SECONDS = 60
# Joining the parts of 5 GiB takes some servers minutes.
COMPLETE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that was started and neither completed nor aborted."""

    key: str
    upload_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has arrived; `size` in bytes, `etag` without quotes."""

    number: int
    size: int
    etag: str


class Put(Protocol):
    """How bytes get to the server."""

    async def __call__(
        self, key: str, body: bytes | AsyncIterable[bytes], size: int, *, query: Mapping[str, str]
    ) -> str:
        """Write exactly `size` bytes; the ETag of what was written."""


class Multipart:
    """The multipart uploads of one server."""

    def __init__(self, control: Control, bucket: str, put: Put) -> None:
        self._control = control
        self._bucket = bucket
        self._put = put

    async def create(self, key: str, content_type: str = "application/octet-stream") -> str:
        """Start an upload; its id."""
        async with self._control.call("create upload", CALL_SECONDS) as client:
            made = await client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type
            )
        if "UploadId" not in made:
            raise StoreRefused("it says yes to a multipart upload and begins none")
        return made["UploadId"]

    async def put(
        self, key: str, upload_id: str, number: int, body: bytes | AsyncIterable[bytes], size: int
    ) -> str:
        """Write one part of exactly `size` bytes, counted from 1; its ETag."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        return await self._put(key, body, size, query=query)

    async def complete(self, key: str, upload_id: str, etags: Sequence[str]) -> str:
        """Make the object out of its parts; its ETag."""
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)
        ]
        async with self._control.call("complete upload", COMPLETE_SECONDS) as client:
            made = await client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        return made["ETag"].strip('"')

    async def abort(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts; one that is not there is fine."""
        async with self._control.call("abort upload", CALL_SECONDS) as client:
            try:
                await client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id
                )
            except client.exceptions.NoSuchUpload:
                return

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[Upload]:
        """Unfinished uploads of keys that begin with `prefix`."""
        following: dict[str, str] = {}
        while True:
            async with self._control.call("list uploads", CALL_SECONDS) as client:
                try:
                    page = await client.list_multipart_uploads(
                        Bucket=self._bucket, Prefix=prefix, **cast("Any", following)
                    )
                except client.exceptions.NoSuchUpload:
                    # How rclone says that there has never been one.
                    return
            for found in page.get("Uploads", ()):
                # Some servers ignore the prefix.
                if found["Key"].startswith(prefix):
                    yield Upload(found["Key"], found["UploadId"], found["Initiated"])
            if not page.get("IsTruncated") or not page.get("NextKeyMarker"):
                return
            following = {
                "KeyMarker": page["NextKeyMarker"],
                "UploadIdMarker": page.get("NextUploadIdMarker", ""),
            }

    async def list_parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts of an upload that have arrived, in order."""
        parts = []
        async with self._control.call("list parts", LIST_SECONDS) as client:
            pages = client.get_paginator("list_parts")
            async for page in pages.paginate(Bucket=self._bucket, Key=key, UploadId=upload_id):
                for found in page.get("Parts", ()):
                    etag = found["ETag"].strip('"')
                    parts.append(Part(found["PartNumber"], found["Size"], etag))
        return parts

    async def forget(self, key: str, upload_id: str | None) -> None:
        """Forget an upload by its id, or whatever is unfinished of its key when nobody knows it."""
        if upload_id is None:
            await self.abort_all(key)
        else:
            await self.abort(key, upload_id)

    async def abort_all(self, key: str) -> None:
        """Forget every unfinished upload of one key."""
        uploads = [upload async for upload in self.list_uploads(key) if upload.key == key]
        for upload in uploads:
            await self.abort(key, upload.upload_id)
