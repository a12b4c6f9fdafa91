"""Begin a multipart upload: the server's name for it is written down before a part is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from services.storage.uploads.abort import drop_upload
from services.storage.uploads.parts import Cut
from services.storage.uploads.uploads import note_multipart
from shared.catalog.refused_writes import report_own_copy
from shared.errors import UPLOAD_EXPIRED, MeridianError
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.new_upload import NewUpload, Reserved
    from shared.catalog.servers import Server
    from shared.db import Pool

log = structlog.get_logger(__name__)


async def begin_parts(
    pool: Pool, fleet: Fleet, server: Server, reserved: Reserved, new: NewUpload
) -> Cut | None:
    """Begin a multipart upload and write its id down; None when this server cannot now."""
    assert reserved.part_size is not None
    owner_id = reserved.file.owner_id
    store = fleet.stores.of(server)
    try:
        multipart_id = await store.multipart.create(reserved.key, new.content_type)
    except StoreError as error:
        log.warning("upload_not_begun", server=server.name, error=str(error))
        await report_own_copy(pool, server.id, new.size)
        await drop_upload(pool, owner_id, reserved.file.id, reserved.id, may_have_bytes=True)
        return None
    if not await note_multipart(pool, owner_id, reserved.id, multipart_id):
        raise MeridianError(UPLOAD_EXPIRED, "The file was deleted while the upload started.")
    return Cut(
        server=server,
        key=reserved.key,
        multipart_id=multipart_id,
        size=new.size,
        part_size=reserved.part_size,
    )
