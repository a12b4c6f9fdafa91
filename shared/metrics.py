"""Prometheus text of this process, and how the texts of several processes become one."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from prometheus_client import generate_latest

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMENT: Final = re.compile(r"# (?:HELP|TYPE) (\S+)")
SAMPLE: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{)?")


@dataclass(slots=True)
class Family:
    """One metric: its HELP and TYPE once, its samples from all processes."""

    comments: dict[str, None] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Write it as Prometheus wants it."""
        return "".join(f"{line}\n" for line in (*self.comments, *self.samples))


def metrics_text() -> str:
    """Write the figures of this process."""
    return generate_latest().decode()


def merge_metrics(texts: Mapping[str, str]) -> str:
    """Join the figures of several processes; each sample gets a label `process`.

    Prometheus wants all samples of a metric in one place, so lines are regrouped.
    """
    families: defaultdict[str, Family] = defaultdict(Family)
    for process, text in texts.items():
        family = families[""]
        for line in text.splitlines():
            comment = COMMENT.match(line)
            if comment:
                family = families[comment.group(1)]
                family.comments[line] = None
            else:
                family.samples.append(_labelled(line, process))
    return "".join(family.text() for family in families.values())


def _labelled(sample: str, process: str) -> str:
    def with_label(name: re.Match[str]) -> str:
        closing = "," if name.group(2) else "}"
        return f'{name.group(1)}{{process="{process}"{closing}'

    return SAMPLE.sub(with_label, sample, count=1)
