"""Prometheus text of this process, and how the texts of several processes become one."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from prometheus_client import generate_latest, start_http_server

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMENT: Final = re.compile(r"# (?:HELP|TYPE) (\S+)")
SAMPLE: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{)?")


def metrics_text() -> str:
    """Write the figures of this process."""
    return generate_latest().decode()


def serve_metrics(port: int, host: str = "127.0.0.1") -> None:
    """Offer the figures of a process that speaks no HTTP; port 0 means no."""
    if port:
        start_http_server(port, host)


def merge_metrics(texts: Mapping[str, str]) -> str:
    """Join the figures of several processes; each sample gets a label `process`.

    Prometheus wants all samples of a metric in one place, so lines are regrouped.
    """
    comments: dict[str, list[str]] = {}
    samples: defaultdict[str, list[str]] = defaultdict(list)
    for process, text in texts.items():
        family = ""
        for line in text.splitlines():
            comment = COMMENT.match(line)
            if comment is None:
                samples[family].append(_labelled(line, process))
                continue
            family = comment.group(1)
            known = comments.setdefault(family, [])
            if line not in known:
                known.append(line)
    groups = ([*lines, *samples[family]] for family, lines in comments.items())
    return "".join(f"{line}\n" for group in groups for line in group)


def _labelled(sample: str, process: str) -> str:
    def with_label(name: re.Match[str]) -> str:
        closing = "," if name.group(2) else "}"
        return f'{name.group(1)}{{process="{process}"{closing}'

    return SAMPLE.sub(with_label, sample, count=1)
