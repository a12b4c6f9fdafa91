"""What is pinned in several files is pinned to the same."""

from __future__ import annotations

import re
from pathlib import Path

from services.local.servers.build import RECIPES

PROJECT = Path(__file__).parents[2]
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def test_uv_is_the_same_in_the_image() -> None:
    found = re.search(r"^UV_VERSION := (\S+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    assert f"ARG UV_VERSION={found[1]}\n" in DOCKERFILE


def test_minio_is_the_same_in_the_image() -> None:
    recipe = RECIPES["minio"]
    assert f"{recipe.package}@{recipe.version}" in DOCKERFILE
    moment = recipe.version.split("-")[1]
    compose = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    assert f"meridian-minio:${{MERIDIAN_MINIO_VERSION:-{moment}}}" in compose
