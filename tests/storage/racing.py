"""Has something done in the middle of something else, for tests of what others do meanwhile."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest


def do_before(
    monkeypatch: pytest.MonkeyPatch, name: str, does: Callable[[], Awaitable[Any]]
) -> list[str]:
    """Have something done before each call of a function of a module; the calls so far."""
    module, _, function = name.rpartition(".")
    original = getattr(import_module(module), function)
    calls: list[str] = []

    async def call(*arguments: Any, **more: Any) -> Any:
        calls.append(function)
        await does()
        return await original(*arguments, **more)

    monkeypatch.setattr(name, call)
    return calls
