"""What can go wrong with an S3 server, by what the caller can do about it."""


class StoreError(Exception):
    """An S3 server did not do what was asked."""


class StoreUnavailable(StoreError):
    """No answer, or one that says "later": refused, reset, too slow, 5xx."""


class StoreFailing(StoreUnavailable):
    """The server answers, and says that it cannot now."""


class StoreBusy(StoreFailing):
    """The server asks for fewer requests."""


class StoreFull(StoreFailing):
    """There is no room left on this server."""


class MultipartMissing(StoreUnavailable):
    """The server knows no such multipart upload: joined, aborted, or lost by a restart."""


class StoreRefused(StoreError):
    """The server understood and said no: wrong key, signature, size or checksum."""


class ObjectRefused(StoreRefused):
    """The server will not have these bytes, or not under this name: the same again is no use."""


class StoreForbidden(StoreRefused):
    """The server lets us do nothing: wrong keys, a wrong clock, a policy; no fault of an object."""


class ObjectMissing(StoreRefused):
    """There is no object of this key."""


class Redirected(StoreRefused):
    """The server pointed elsewhere, and nobody follows it there."""
