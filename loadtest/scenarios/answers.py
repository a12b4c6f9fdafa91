"""Answers judged: a row of the report counts each as a success or as a named failure."""

from __future__ import annotations

from typing import Any


def is_good(answer: Any) -> bool:
    """Whether an answer came at all and is a success; counts it as a failure otherwise."""
    if answer.status_code and answer.ok:
        return True
    count_failure(answer, f"{answer.status_code} {_reason(answer)}".rstrip())
    return False


def count_failure(answer: Any, why: str) -> None:
    """Count an answer as a failure."""
    answer.failure(why)


def _reason(answer: Any) -> str:
    """The stable code of our own errors, else what the connection died of."""
    content_type = (answer.headers or {}).get("content-type", "")
    if content_type.startswith("application/problem+json"):
        return str(answer.json()["code"])
    error = getattr(answer, "error", None)
    return "" if error is None else type(error).__name__
