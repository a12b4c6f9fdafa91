"""Takes secrets out of what is logged: by the name of a field, and by their shape in any text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

HIDDEN: Final = "***"
SECRET_NAME: Final = re.compile(
    "authorization|password|passwd|token|secret|cookie|signature|credential|private|api_?key",
    re.IGNORECASE,
)
SECRET_SHAPES: Final = (
    # a signed URL: its signature opens an object
    re.compile(r"(?P<kept>X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"']+"),
    re.compile(r"(?P<kept>\bBearer\s+)[\w.~+/=-]+", re.IGNORECASE),
    # a JSON Web Token wherever it stands
    re.compile(r"(?P<kept>\beyJ)[\w-]+\.[\w-]+\.[\w-]*"),
    # an API token likewise
    re.compile(r"(?P<kept>\bmrd_)\w+"),
    # the password of a URL
    re.compile(r"(?P<kept>://[^:/@\s]*:)[^@/\s]+(?=@)"),
    re.compile(
        r"(?P<kept>(?:\b(?:password|token|secret)[\"']?\s*[=:]\s*[\"']?)|[?&]code=)[^\"'&\s,}]+",
        re.IGNORECASE,
    ),
)
# No shape above does without one of these, and most texts have none.
SIGN: Final = re.compile("[=:]|eyJ|mrd_|earer|EARER")


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide secrets in an event on its way to the log."""
    return {name: _hidden(name, field) for name, field in event.items()}


def scrub_text(text: str) -> str:
    """Hide what looks like a secret."""
    if not SIGN.search(text):
        return text
    for shape in SECRET_SHAPES:
        text = shape.sub(rf"\g<kept>{HIDDEN}", text)
    return text


def _hidden(name: object, field: Any) -> Any:
    if isinstance(name, str) and _is_secret(name):
        return HIDDEN
    if isinstance(field, str):
        return scrub_text(field)
    if isinstance(field, dict):
        return {key: _hidden(key, inner) for key, inner in field.items()}
    if isinstance(field, list | tuple):
        return [_hidden(None, inner) for inner in field]
    return field


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return SECRET_NAME.search(name) is not None
