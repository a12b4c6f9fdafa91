"""Every operation of the storage service: who may call it, and what goes in and out."""

from __future__ import annotations

from services.storage.handlers import actions, downloads, files, hooks, live, servers, uploads
from services.storage.schemas.actions import ActionSchema
from services.storage.schemas.downloads import (
    DownloadQuerySchema,
    DownloadSchema,
    ReplicaSchema,
    RouteQuerySchema,
)
from services.storage.schemas.files import FileChangeSchema, FileSchema, FilesQuerySchema
from services.storage.schemas.hooks import S3EventSchema
from services.storage.schemas.servers import RouteSchema, ServerDetailSchema
from services.storage.schemas.uploads import (
    NamedUploadSchema,
    NewUploadSchema,
    StartedUploadSchema,
    UploadSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.routes import PUBLIC, SIGNED_IN, Route

SETTLING = (
    errors.UPLOAD_INCOMPLETE,
    errors.SIZE_MISMATCH,
    errors.CHECKSUM_MISMATCH,
    errors.UPLOAD_EXPIRED,
    errors.STORE_UNAVAILABLE,
)

ROUTES = (
    Route(
        "POST",
        "/uploads",
        uploads.start,
        "files.upload",
        body=NewUploadSchema,
        answer=StartedUploadSchema,
        status=201,
        errors=(errors.FILE_TOO_LARGE, errors.NO_SERVER),
        idempotent=True,
    ),
    Route(
        "GET",
        "/uploads",
        uploads.listing,
        "files.upload",
        query=PageQuery,
        answer=page_of(NamedUploadSchema),
    ),
    Route(
        "GET",
        "/uploads/{id}",
        uploads.show,
        "files.upload",
        answer=UploadSchema,
        errors=(errors.UPLOAD_NOT_FOUND,),
    ),
    Route(
        "DELETE",
        "/uploads/{id}",
        uploads.abort,
        "files.upload",
        status=204,
        errors=(errors.UPLOAD_NOT_FOUND, errors.UPLOAD_FINISHED),
    ),
    Route(
        "POST",
        "/uploads/{id}/complete",
        uploads.complete,
        "files.upload",
        answer=FileSchema,
        errors=(errors.UPLOAD_NOT_FOUND, *SETTLING),
    ),
    Route(
        "GET",
        "/files",
        files.listing,
        "files.view",
        query=FilesQuerySchema,
        answer=page_of(FileSchema),
    ),
    Route(
        "GET",
        "/files/{id}",
        files.show,
        "files.view",
        answer=FileSchema,
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/files/{id}",
        files.change,
        "files.change",
        body=FileChangeSchema,
        answer=FileSchema,
        errors=(errors.FILE_NOT_FOUND, errors.FILE_EXISTS, errors.PRECONDITION_FAILED),
    ),
    Route(
        "DELETE",
        "/files/{id}",
        files.delete,
        "files.delete",
        status=204,
        errors=(errors.FILE_NOT_FOUND, errors.PRECONDITION_FAILED),
    ),
    Route(
        "GET",
        "/files/{id}/download",
        downloads.link,
        "files.download",
        query=DownloadQuerySchema,
        answer=DownloadSchema,
        errors=(errors.FILE_NOT_FOUND, errors.NOT_STORED, errors.NO_HEALTHY_REPLICA),
        may_redirect=True,
    ),
    Route(
        "GET",
        "/files/{id}/replicas",
        files.replicas,
        "files.view",
        answer=page_of(ReplicaSchema),
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/actions",
        actions.listing,
        SIGNED_IN,
        query=PageQuery,
        answer=page_of(ActionSchema),
    ),
    Route("GET", "/servers", servers.listing, SIGNED_IN, answer=page_of(ServerDetailSchema)),
    Route(
        "GET",
        "/servers/{id}",
        servers.show,
        SIGNED_IN,
        answer=ServerDetailSchema,
        errors=(errors.SERVER_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/route",
        downloads.explain,
        "files.view",
        query=RouteQuerySchema,
        answer=RouteSchema,
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route("GET", "/live", live.follow, "files.view", answer="text/event-stream"),
    Route(
        "POST",
        "/hooks/s3/{server_name}",
        hooks.take,
        PUBLIC,
        body=S3EventSchema,
        status=204,
        errors=(errors.NOT_AUTHENTICATED, errors.TOO_MANY_REQUESTS, errors.STORE_UNAVAILABLE),
    ),
)
