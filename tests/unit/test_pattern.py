"""A pattern is about the whole text, its last line break included."""

from __future__ import annotations

import pytest
from marshmallow import Schema

from examples.movies.films.schemas import FilmChangeSchema
from services.auth.permissions.schemas import PermissionChangeSchema
from services.storage.servers.new_server_schemas import NewServerSchema
from services.storage.uploads.schemas import NewUploadSchema


@pytest.mark.parametrize(
    ("schema", "field", "text"),
    [
        (NewServerSchema, "name", "cape-town"),
        (NewUploadSchema, "sha256", "0" * 64),
        (PermissionChangeSchema, "name", "films.view"),
        (FilmChangeSchema, "permission", "films.view"),
        (FilmChangeSchema, "playlist", "master.m3u8"),
    ],
)
def test_a_line_break_at_the_end_is_refused(schema: type[Schema], field: str, text: str) -> None:
    only = schema(only=(field,))
    assert field not in only.validate({field: text})
    assert field in only.validate({field: f"{text}\n"})
