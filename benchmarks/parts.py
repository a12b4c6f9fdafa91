"""The parts that can be measured, in the order in which they are."""

from typing import Final

from benchmarks.catalog import measure_catalog
from benchmarks.filling import measure_filling
from benchmarks.growth import measure_growth
from benchmarks.live import measure_live
from benchmarks.operations import measure_operations
from benchmarks.replication import measure_replication
from benchmarks.sharing import measure_sharing
from benchmarks.sizes import measure_million, measure_sizes

# Replication first: a started upload keeps the sweep busy for a while.
PARTS: Final = {
    "replication": measure_replication,
    "filling": measure_filling,
    "operations": measure_operations,
    "sharing": measure_sharing,
    "growth": measure_growth,
    "live": measure_live,
    "catalog": measure_catalog,
    "sizes": measure_sizes,
}
# Those that take many minutes, and are measured when they are asked for.
LONG_PARTS: Final = {
    "million": measure_million,
}
ALL_PARTS: Final = PARTS | LONG_PARTS
