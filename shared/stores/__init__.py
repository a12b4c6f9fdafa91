"""S3 servers: one Store each, by ordinary S3 and nothing else."""

from shared.stores.errors import (
    ObjectMissing,
    StoreError,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from shared.stores.store import Content, Store, StoredObject
from shared.stores.stores import Stores

__all__ = (
    "Content",
    "ObjectMissing",
    "Store",
    "StoreError",
    "StoreFull",
    "StoreRefused",
    "StoreUnavailable",
    "StoredObject",
    "Stores",
)
