"""Logs: one JSON object a line on stderr, with the service, the request and no secrets."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final

import orjson
import structlog

from shared.scrub import scrub

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

QUIET_LIBRARIES: Final = ("aiobotocore", "botocore", "asyncio", "aiohttp.access", "httpx")


def configure_logs(service: str, *, level: str = "info", form: str = "json") -> None:
    """Send what we and our libraries log to stderr, as `json` or for a `console`."""
    steps: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(service),
    )
    last: tuple[Processor, ...] = (
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        *_rendering(form),
    )
    structlog.configure(
        processors=(
            structlog.stdlib.filter_by_level,
            *steps,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ),
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _take_over_stdlib(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=steps, processors=last), level
    )


def _rendering(form: str) -> tuple[Processor, ...]:
    # Tracebacks become text first, so that they are scrubbed too.
    renderer: Processor = structlog.processors.JSONRenderer(serializer=_to_json)
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return (structlog.processors.format_exc_info, scrub, renderer)


def _naming(service: str) -> Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return name


def _take_over_stdlib(formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def _to_json(event: EventDict, **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
