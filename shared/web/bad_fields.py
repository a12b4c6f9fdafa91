"""Names the fields that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from multidict import MultiMapping

WHOLE = "_schema"  # what marshmallow calls the object itself


def flatten(messages: object, path: str = "") -> dict[str, list[str]]:
    """Turn nested messages into {"parts.0.number": ["Not a valid integer."]}."""
    if isinstance(messages, dict):
        return {
            name: texts
            for key, inner in messages.items()
            for name, texts in flatten(inner, _join(path, key)).items()
        }
    texts = messages if isinstance(messages, list) else [messages]
    return {path or "body": [str(text) for text in texts]}


def name_given_twice(query: MultiMapping[str], lists: Collection[str]) -> str | None:
    """Find a parameter that came more than once although it is no list."""
    names = (name for name in query if name not in lists)
    return next((name for name in names if len(query.getall(name)) > 1), None)


def name_with_nul(loaded: object) -> str | None:
    """Find the first field of a JSON document whose name or text holds a NUL character."""
    return next((path or "body" for path, text in _texts(loaded) if "\0" in text), None)


def _texts(loaded: object) -> Iterator[tuple[str, str]]:
    # A stack, as a document may be nested deeper than Python recurses.
    stack = [("", loaded)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value
        else:
            stack.extend(_parts(path, value))


def _parts(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        yield from ((_join(path, place), inner) for place, inner in enumerate(value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield _join(path, key), key
            yield _join(path, key), inner


def _join(path: str, key: object) -> str:
    if key == WHOLE:
        return path
    return f"{path}.{key}" if path else str(key)
