"""What is taken in is described to the letter, so that whatever fits the document is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from marshmallow import RAISE, fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from marshmallow import Schema

Piece: TypeAlias = dict[str, Any]

# By attributes of field classes of ours.
TOLD: Final = {
    "longest": "maxLength",
    "shortest": "minLength",
    "pattern": "pattern",
    "form": "format",
}
NO_NUL: Final = r"^[^\u0000]*$"
SPEAKS: Final = frozenset(("pattern", "enum", "format", "const"))


def describe_text(_converter: object, field: fields.Field[Any], **_: object) -> Piece:
    """Tell what a field class of ours knows of its texts, where the field itself tells nothing."""
    if not isinstance(field, fields.String):
        return {}
    told = {name: getattr(field, attribute, None) for attribute, name in TOLD.items()}
    return {
        name: known
        for name, known in told.items()
        if known is not None and name not in field.metadata
    }


def fewest_of(schema: type[Schema]) -> int:
    """Tell how many fields a body has to give: an attribute `fewest` of its schema."""
    fewest: int = getattr(schema, "fewest", 0)
    return fewest


def describe_object(schema: type[Schema], described: Piece) -> None:
    """Tell whether an object may hold other fields, and how many of its own it needs.

    An attribute `refused` of a schema describes what does not go together.
    """
    if schema().unknown == RAISE:
        described["additionalProperties"] = False
    fewest = fewest_of(schema)
    if fewest:
        described["minProperties"] = fewest
    refused = getattr(schema, "refused", ())
    if refused:
        described["not"] = {"anyOf": list(refused)}


def tell_the_rest(document: Piece) -> None:
    """Tell of texts and names in bodies and queries that they hold no NUL: PostgreSQL has none.

    And that what is absent is not null, where null is not taken.
    """
    for piece in _inputs(document):
        for described in _pieces(document, piece, set()):
            _complete(described, _types(described))


def _complete(described: Piece, types: Iterable[str]) -> None:
    if "string" in types and SPEAKS.isdisjoint(described):
        described["pattern"] = NO_NUL
    if "object" in types and described.get("additionalProperties") is not False:
        described["propertyNames"] = {"pattern": NO_NUL}
    if "null" not in types and described.get("default", ...) is None:
        described.pop("default")


def _inputs(document: Piece) -> Iterator[Piece]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from (parameter["schema"] for parameter in operation["parameters"])
            content = operation.get("requestBody", {}).get("content", {})
            yield from (kind["schema"] for kind in content.values())


def _pieces(document: Piece, piece: Piece, seen: set[str]) -> Iterator[Piece]:
    name = piece.get("$ref", "").rpartition("/")[2]
    if name in seen:
        return
    if name:
        seen.add(name)
        piece = document["components"]["schemas"][name]
    yield piece
    for inner in _inner(piece):
        yield from _pieces(document, inner, seen)


def _types(piece: Piece) -> Iterable[str]:
    told = piece.get("type", ())
    return (told,) if isinstance(told, str) else told


def _inner(piece: Piece) -> Iterator[Piece]:
    yield from piece.get("properties", {}).values()
    yield from (inner for key in ("allOf", "anyOf", "oneOf") for inner in piece.get(key, ()))
    for key in ("items", "additionalProperties"):
        if isinstance(piece.get(key), dict):
            yield piece[key]
