"""Figures of this process for Prometheus."""

from typing import Final

from prometheus_client import Counter, Histogram

LAG_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

COPIES: Final = Counter(
    "meridian_copies_total", "Attempts to copy, by where to and how they ended", ("server", "ended")
)
COPIED_BYTES: Final = Counter(
    "meridian_copied_bytes_total", "Bytes of verified copies, by where to", ("server",)
)
LAG: Final = Histogram(
    "meridian_replica_lag_seconds",
    "From stored in the first city to verified in this one",
    ("server",),
    buckets=LAG_BUCKETS,
)
READINGS: Final = Counter(
    "meridian_readings_total",
    "Copies read again, by where and what they turned out to be",
    ("server", "ended"),
)
ERASURES: Final = Counter(
    "meridian_erasures_total", "Attempts to erase, by where and how they ended", ("server", "ended")
)
