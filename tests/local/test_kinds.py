"""Which S3 server a home runs on, and that it stays with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.local.run.home import LocalError, open_home
from services.local.servers import kinds
from services.local.servers.minio import MinioNode
from services.local.servers.node import Node

if TYPE_CHECKING:
    from pathlib import Path

HOOK = kinds.WebHook("http://127.0.0.1:1/hook", "secret", "http://127.0.0.1:2/-/event")


@pytest.fixture(autouse=True)
def _nothing_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MERIDIAN_S3_NODE", raising=False)
    monkeypatch.setattr(kinds, "built", lambda _: None)


def test_without_minio_it_is_rclone(tmp_path: Path) -> None:
    assert kinds.choose_kind(open_home(tmp_path)) == "rclone"


def test_a_new_home_takes_minio_where_it_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_home(tmp_path / "old")
    assert kinds.choose_kind(old) == "rclone"
    monkeypatch.setattr(kinds, "built", lambda _: tmp_path / "minio")
    assert kinds.choose_kind(open_home(tmp_path / "new")) == "minio"
    assert kinds.choose_kind(old) == "rclone"


def test_another_kind_than_the_home_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = open_home(tmp_path)
    kinds.choose_kind(home)
    monkeypatch.setenv("MERIDIAN_S3_NODE", "minio")
    with pytest.raises(LocalError, match="are kept by rclone; leave MERIDIAN_S3_NODE out"):
        kinds.choose_kind(home)


def test_a_home_from_before_there_was_a_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = open_home(tmp_path)
    home.subfolder("cities/new-york")
    monkeypatch.setattr(kinds, "built", lambda _: tmp_path / "minio")
    assert kinds.choose_kind(home) == "rclone"


def test_a_kind_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_S3_NODE", "floppy")
    with pytest.raises(LocalError, match="one of auto, rclone, minio, versitygw, not floppy"):
        kinds.choose_kind(open_home(tmp_path))


def test_minio_that_was_never_built_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.local.servers.minio.built", lambda _: None)
    node = kinds.make_node("minio", "here", tmp_path, 1, "secret", HOOK)
    assert isinstance(node, MinioNode)
    with pytest.raises(LocalError, match="run `make minio`"):
        node.command()
    assert isinstance(kinds.make_node("rclone", "here", tmp_path, 1, "secret", HOOK), Node)
