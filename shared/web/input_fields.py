"""Fields of requests that marshmallow takes too lightly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, validate

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping


class Moment(fields.AwareDateTime):
    """A time as RFC 3339 has it, without a zone in UTC; loaded as one in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(default_timezone=UTC, **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            # The first hours of the year 1, east of Greenwich, and the last ones of 9999.
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Pattern(validate.Regexp):
    """What a whole text is like: `$` alone lets a line break follow, and PostgreSQL does not."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is longer than what it is like."""
        whole: re.Pattern[Any] = self.regex
        if whole.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Whole(fields.Integer):
    """A whole number; `5.0` is one, `"5"`, `5.5` and `true` are none."""

    def __init__(self, **more: Any) -> None:
        super().__init__(strict=True, **more)

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._validated(value)
