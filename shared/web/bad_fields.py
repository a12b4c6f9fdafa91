"""Names the fields that are wrong: the first few of them, as an answer has its size, too."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from multidict import MultiMapping

    Named: TypeAlias = tuple[str, list[str]]
    Values: TypeAlias = Iterator[tuple[str, object]]

MOST_ERRORS: Final = 20
LONGEST_KEY: Final = 100
# A document that has more inner values is not searched to the end.
MOST_LOOKED_AT: Final = 1000
WHOLE: Final = "_schema"  # what marshmallow calls the object itself


def flatten(messages: object) -> dict[str, list[str]]:
    """Turn nested messages into {"parts.0.number": ["Not a valid integer."]}."""
    return dict(islice(_flat(messages, ""), MOST_ERRORS))


def _flat(messages: object, path: str) -> Iterator[Named]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, join(path, key))
    else:
        texts = messages if isinstance(messages, list) else [messages]
        yield path or "body", [str(text) for text in texts[:MOST_ERRORS]]


def name_given_twice(query: MultiMapping[str], lists: Collection[str]) -> str | None:
    """Find a parameter that came more than once although it is no list."""
    counts = Counter(pair[0] for pair in query.items())
    return next((name for name in counts if counts[name] > 1 and name not in lists), None)


def name_with_nul(loaded: object) -> str:
    """Find the first field of a JSON document whose name or text holds a NUL character."""
    values = islice(_values(loaded), MOST_LOOKED_AT)
    found = (path for path, value in values if isinstance(value, str) and "\0" in value)
    return next(found, "") or "body"


def _values(loaded: object) -> Values:
    # A stack, as a document may be nested deeper than Python recurses.
    stack: list[Values] = [iter((("", loaded),))]
    while stack:
        for path, value in stack[-1]:
            yield path, value
            stack.append(_parts(path, value))
            break
        else:
            stack.pop()


def _parts(path: str, value: object) -> Values:
    if isinstance(value, list):
        yield from ((join(path, place), inner) for place, inner in enumerate(value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield join(path, key), key
            yield join(path, key), inner


def join(path: str, key: object) -> str:
    """Write the path to what lies under a key, or in a place, of what lies under a path."""
    if key == WHOLE:
        return path
    step = str(key)[:LONGEST_KEY]
    return f"{path}.{step}" if path else step
