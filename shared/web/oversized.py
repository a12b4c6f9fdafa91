"""Finds what is too long or too much before any of it is loaded: a refusal costs next to nothing.

Marshmallow loads every item of a list, and a field of ours normalises its text, before anything
looks at the length. Here lengths are looked at first, along the schema, not along the document.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from marshmallow import RAISE, Schema, fields, validate

from shared.web.bad_fields import MOST_ERRORS, WHOLE, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Field: TypeAlias = fields.Field[Any]
    Oversized: TypeAlias = Iterator[tuple[str, list[str]]]

# So many characters, at most, become one when text is normalised to NFC.
CHARACTERS_FOR_ONE: Final = 4


def find_oversized(schema: Schema, document: object) -> dict[str, list[str]]:
    """Name the first fields that are too long, or too many for the schema."""
    return dict(islice(_in_object(schema, document, ""), MOST_ERRORS))


def longest_of(field: Field) -> int | None:
    """Tell how many characters, items or entries a field takes; None when it does not say.

    A field class of ours says it by its attribute `longest`, others have a validator.
    """
    lengths = [one for one in field.validators if isinstance(one, validate.Length)]
    told = [getattr(field, "longest", None), *(one.equal or one.max for one in lengths)]
    return min((length for length in told if length is not None), default=None)


def _in_object(schema: Schema, document: object, path: str) -> Oversized:
    if not isinstance(document, dict):
        return
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    if schema.unknown == RAISE:
        unknown = [name for name in document if name not in known]
        if len(unknown) > MOST_ERRORS:
            yield from ((join(path, name), ["Unknown field."]) for name in unknown)
    for name, field in known.items():
        if name in document:
            yield from _in_field(field, document[name], join(path, name))


def _in_field(field: Field, value: object, path: str) -> Oversized:
    longest = longest_of(field)
    if longest is not None and _size(value) > longest:
        yield path, [f"Longer than maximum length {longest}."]
        return
    inner = _inner_of(field)
    if inner is None:
        return
    for place, part in _parts(field, value):
        if isinstance(inner, Schema):
            yield from _in_object(inner, part, join(path, place))
        else:
            yield from _in_field(inner, part, join(path, place))


def _size(value: object) -> float:
    if isinstance(value, str):
        return len(value) / CHARACTERS_FOR_ONE
    return len(value) if isinstance(value, list | dict) else 0


def _inner_of(field: Field) -> Schema | Field | None:
    if isinstance(field, fields.Nested):
        return field.schema
    if isinstance(field, fields.List):
        return field.inner
    return field.value_field if isinstance(field, fields.Dict) else None


def _parts(field: Field, value: object) -> Iterable[tuple[object, object]]:
    if isinstance(field, fields.Dict):
        return value.items() if isinstance(value, dict) else ()
    if isinstance(field, fields.Nested) and not field.many:
        return ((WHOLE, value),)
    return enumerate(value) if isinstance(value, list) else ()
