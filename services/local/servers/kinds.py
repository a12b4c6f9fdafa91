"""Which S3 server the cities of a local stack run on: MERIDIAN_S3_NODE."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from services.local.run.home import Home, LocalError
from services.local.servers.build import built
from services.local.servers.minio import MinioNode
from services.local.servers.node import Node
from services.local.servers.versitygw import VersityNode

if TYPE_CHECKING:
    from pathlib import Path


class WebHook(NamedTuple):
    """Where a server tells of new objects with a secret, and where it can without one."""

    url: str
    secret: str
    relay_url: str


AnyNode = Node | MinioNode | VersityNode

SETTING = "MERIDIAN_S3_NODE"
AUTO, RCLONE, MINIO, VERSITYGW = "auto", "rclone", "minio", "versitygw"
KINDS = (AUTO, RCLONE, MINIO, VERSITYGW)
KIND_FILE = "node.json"


def choose_kind(home: Home) -> str:
    """Say which kind a home has or gets; `auto` takes MinIO if it was built, else rclone.

    LocalError for a kind nobody knows, and for another one than the home's objects lie in.
    """
    wanted = os.environ.get(SETTING) or AUTO
    if wanted not in KINDS:
        raise LocalError(f"{SETTING} is one of {', '.join(KINDS)}, not {wanted}")
    kept = _kept(home)
    if wanted == AUTO:
        usual = MINIO if built(MINIO) else RCLONE
        wanted = kept or usual
    if kept not in {"", wanted}:
        raise LocalError(
            f"the files of {home.folder} are kept by {kept}; leave {SETTING} out, "
            f"or choose another MERIDIAN_HOME for {wanted}"
        )
    home.write(KIND_FILE, {"kind": wanted})
    return wanted


def make_node(
    kind: str, name: str, folder: Path, port: int, secret_key: str, hook: WebHook
) -> AnyNode:
    """Describe the server of a city; its access key is its name."""
    if kind == MINIO:
        return MinioNode(name, folder, port, name, secret_key, hook.url, hook.secret)
    if kind == VERSITYGW:
        return VersityNode(name, folder, port, name, secret_key, hook.relay_url)
    return Node(name, folder, port, name, secret_key)


def _kept(home: Home) -> str:
    kind = home.read(KIND_FILE).get("kind")
    if isinstance(kind, str):
        return kind
    # A home from before there was a choice.
    return RCLONE if (home.folder / "cities").exists() else ""
