"""Every SQL statement of the code is understood by PostgreSQL, as the role that runs it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from typing import TYPE_CHECKING

import asyncpg
import pytest

import shared
from examples import movies
from services import auth, replicator, storage
from tests.conftest import PASSWORD, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# Which role runs the statements of a package; those of shared as any of them.
ROLES = {
    "services.auth": "auth",
    "services.storage": "storage",
    "services.replicator": "replicator",
    "examples.movies": "movies",
}
PLACEHOLDER = re.compile(r"\{\w+\}")
# Statements of tables that each of these schemas has.
SCHEMA = "{schema}"
SCHEMAS = {
    "auth": "services.auth",
    "storage": "services.storage",
    "movies": "examples.movies",
}


def modules(package: ModuleType) -> Iterator[str]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield found.name


def statements(name: str) -> Iterator[tuple[str, str]]:
    """Constants of a module that are whole statements, also those kept in a dictionary."""
    for constant, text in inspect.getmembers(importlib.import_module(name)):
        texts = text.values() if isinstance(text, dict) else [text]
        for number, sql in enumerate(texts):
            if constant.isupper() and isinstance(sql, str) and STATEMENT.match(sql):
                yield f"{constant}[{number}]", sql


NAMES = [
    name for package in (auth, replicator, storage, movies, shared) for name in modules(package)
]
ALL = [
    pytest.param(name, sql, id=f"{name}.{constant}")
    for name in NAMES
    for constant, sql in statements(name)
    if not PLACEHOLDER.search(sql)
]
SHARED = [
    pytest.param(
        package,
        sql.replace(SCHEMA, schema),
        id=f"{schema}.{constant}",
    )
    for name in NAMES
    for constant, sql in statements(name)
    for schema, package in SCHEMAS.items()
    if SCHEMA in sql
]


def test_there_are_statements() -> None:
    assert len(ALL) > 40
    assert len(SHARED) > 3 * len(SCHEMAS)


@pytest.mark.parametrize(("module", "sql"), ALL + SHARED)
async def test_statement_is_understood(servers: Servers, module: str, sql: str) -> None:
    role = next((role for package, role in ROLES.items() if module.startswith(package)), None)
    url = servers.postgres.url(f"meridian_{role}", PASSWORD) if role else servers.postgres.url()
    connection = await asyncpg.connect(url)
    try:
        await connection.prepare(sql)
    finally:
        await connection.close()
