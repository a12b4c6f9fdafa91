"""No module needs itself by way of others, neither when it runs nor for its types."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp
import pytest

PACKAGES = ("services", "shared", "loadtest", "benchmarks")


@pytest.mark.parametrize("at_run_time", [True, False], ids=["run time", "types too"])
def test_imports_go_in_no_circle(*, at_run_time: bool) -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=at_run_time, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 400
    # A circle is an error that names its modules.
    TopologicalSorter(imports).prepare()
