"""Logs: one event a line on stderr, with the service, the request and no secrets."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

import orjson
import structlog

from shared.redact import scrub

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

QUIET_LIBRARIES: Final = ("aiobotocore", "botocore", "asyncio", "aiohttp.access")

log = structlog.get_logger()


class PlainLines:
    """Lines for events that hold no secret, at a tenth of the cost of the whole way."""

    def __init__(self) -> None:
        self._service = ""
        self._form = "json"
        self._stream: TextIO | None = None

    def open(self, service: str, form: str, stream: TextIO | None) -> None:
        """Write to this stream from now on; with None events take the usual way."""
        self._service = service
        self._form = form
        self._stream = stream

    def write(self, event: str, fields: dict[str, object]) -> None:
        """Log an event at the level info."""
        if self._stream is None:
            log.info(event, **fields)
            return
        line = self._for_people if self._form == "console" else self._for_programs
        self._stream.write(f"{line(event, fields, datetime.now(UTC))}\n")
        self._stream.flush()

    def _for_programs(self, event: str, fields: dict[str, object], now: datetime) -> str:
        line = {
            **fields,
            "event": event,
            "level": "info",
            "service": self._service,
            "timestamp": now,
        }
        return orjson.dumps(line, option=orjson.OPT_UTC_Z).decode()

    def _for_people(self, event: str, fields: dict[str, object], now: datetime) -> str:
        named = {**fields, "service": self._service}
        pairs = " ".join(f"{name}={_in_one_word(field)}" for name, field in named.items())
        moment = now.isoformat(timespec="milliseconds").removesuffix("+00:00")
        return f"{moment}Z [info     ] {event} {pairs}"


def _in_one_word(field: object) -> str:
    text = str(field)
    return text if text.isprintable() and " " not in text else repr(text)


plain_lines: Final = PlainLines()


def configure_logs(service: str, *, level: str = "info", form: str = "json") -> None:
    """Send what we and our libraries log to stderr, as `json` or for a `console`.

    What we log goes there directly, as logging's own way takes several times as long.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    steps: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _naming(service),
        structlog.processors.format_exc_info,
        scrub,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    structlog.configure(
        processors=(*steps, _renderer(form)),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _take_over_logging(threshold, steps, _renderer(form))
    plain_lines.open(service, form, sys.stderr if threshold <= logging.INFO else None)


def _renderer(form: str) -> Processor:
    if form == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(serializer=_to_json)


def _naming(service: str) -> Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return name


def _take_over_logging(threshold: int, steps: tuple[Processor, ...], renderer: Processor) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=(structlog.stdlib.add_logger_name, *steps),
            processors=(structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer),
        )
    )
    logging.basicConfig(handlers=(handler,), level=threshold, force=True)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def _to_json(event: EventDict, **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
