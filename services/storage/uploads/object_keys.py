"""The keys of an upload, and whether it comes in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from shared.stores.part_sizes import choose_part_size

if TYPE_CHECKING:
    from services.storage.settings import UploadRules
    from services.storage.uploads.new_upload import NewUpload
    from shared.catalog.servers import Server


def part_size_of(rules: UploadRules, new: NewUpload) -> int | None:
    """How many bytes a part has; None: it comes in one piece."""
    if new.parts or new.size > rules.multipart_bytes:
        return choose_part_size(new.size, rules.part_bytes)
    return None


def make_keys(server: Server, *, in_parts: bool) -> tuple[str, str]:
    """The object's key and the key the client writes to, which differ where PUT can overwrite.

    Parts cannot: once they are joined, the server takes no more of them.
    """
    key = object_key()
    return key, key if in_parts or server.refuses_overwrites else f"incoming-{uuid4().hex}"


def object_key() -> str:
    """Make a key that was never used; it says nothing about the file."""
    return f"object-{uuid4().hex}"
