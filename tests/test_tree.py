"""The tree itself: names, sizes and layers that a newcomer can rely on."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parent.parent
PACKAGES = ("services", "shared", "loadtest", "benchmarks", "examples")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
SERVICES = ("auth", "storage", "replicator")

TOP_LEVEL = {
    *("services", "shared", "sql", "loadtest", "benchmarks", "tests", "frontend", "docs"),
    "examples",
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md"),
    *("Makefile", "Dockerfile"),
    *("docker-compose.yml", "containers.mk", "pyproject.toml", "uv.lock", "setup.cfg"),
    *(".ci", ".github", ".gitignore", ".dockerignore", ".importlinter", ".env.example"),
}
SAYS_NOTHING = {"utils", "util", "helpers", "common", "base", "manager", "core", "impl", "misc"}
# Files of a service that may know HTTP; everything else stands below them and never looks up.
UPPER = {"app", "routes", "handlers", "commands", "__main__", "client"}
HTTP = {"cookie", "device", "keys", "media_types", "names", "texts", "user_agent", "languages"}
WEB_ONLY = {"aiohttp", "marshmallow"}
ONE_SERVICE = {"shared.healthy", "shared.migrate"}  # commands, imported by nobody
ONE_SERVICE.add("shared.ledger")  # the history of files will stand on it, too
ONE_SERVICE |= {
    f"shared.throttle.{name}" for name in ("counts", "lanes", "redis_counts", "throttle")
}

LONGEST_FILE = 200
LONGEST_FUNCTION = 40
FOREIGN = re.compile(
    rb"/(?:home|Users|root|work)/[a-z]|files\.pythonhosted\.org|registry\.npmjs\.org|proxy\.golang\.org"
)
LOCKS = {"uv.lock"}


def tracked() -> list[Path]:
    """List the files of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [Path(name.decode()) for name in listed.split(b"\0") if name]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Module:
    """What is asked about a module; its tree itself is not kept."""

    lines: int
    longest_function: int
    says_what_for: bool
    imports: frozenset[str]
    imports_for_types: frozenset[str]


@cache
def read(path: Path) -> Module:
    """Parse a module, once."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    only_types = {
        id(inner)
        for node in nodes
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    sizes = [
        (node.body[-1].end_lineno or 0) - node.body[0].lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return Module(
        lines=len(text.splitlines()),
        longest_function=max(sizes, default=0),
        says_what_for=not text or ast.get_docstring(tree) is not None,
        imports=imported(node for node in nodes if id(node) not in only_types),
        imports_for_types=imported(nodes),
    )


def imported(nodes: Iterable[ast.AST]) -> frozenset[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def imports_of(path: Path, *, types: bool = False) -> frozenset[str]:
    """Name what a module imports; with `types` also what only types need."""
    return read(path).imports_for_types if types else read(path).imports


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 50


def test_top_level_holds_only_what_belongs_there() -> None:
    assert {path.parts[0] for path in tracked()} - TOP_LEVEL == set()


def test_names_say_something() -> None:
    empty = [name_of(path) for path in SOURCES if SAYS_NOTHING & {*path.parts, path.stem}]
    assert not empty


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_file_can_be_read_at_once(path: Path) -> None:
    assert read(path).lines <= LONGEST_FILE
    assert read(path).longest_function <= LONGEST_FUNCTION


def test_the_sizes_are_those_that_contributors_are_told() -> None:
    told = " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    assert f"a file has at most {LONGEST_FILE} lines" in told
    assert f"a function at most {LONGEST_FUNCTION} " in told


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    assert read(path).says_what_for


def is_upper(module: str) -> bool:
    """Whether a module of a service is one of those that know HTTP."""
    stem = module.rpartition(".")[2]
    return stem in UPPER or stem.endswith("schemas")


MODULES = {name_of(path).removesuffix(".py").replace("/", "."): path for path in SOURCES}


@pytest.mark.parametrize("service", SERVICES)
def test_verbs_and_nouns_do_not_look_upwards(service: str) -> None:
    for module, path in MODULES.items():
        if not module.startswith(f"services.{service}.") or is_upper(module):
            continue
        imported = {name for name in imports_of(path) if name in MODULES}
        assert not [name for name in imported if is_upper(name)], module
        if path.stem not in HTTP:
            roots = {name.partition(".")[0] for name in imports_of(path)}
            assert roots.isdisjoint(WEB_ONLY), module


def test_a_handler_imports_no_handler() -> None:
    for module, path in MODULES.items():
        if module.endswith(".handlers"):
            assert not [name for name in imports_of(path) if name.endswith(".handlers")], module


def users_of(shared: str) -> set[str]:
    """Services, tests of the house left out, that stand on a module of `shared`."""
    found: set[str] = set()
    waiting, seen = {shared}, {shared}
    while waiting:
        wanted = waiting.pop()
        for module, path in MODULES.items():
            if wanted not in imports_of(path, types=True):
                continue
            if module.startswith("services."):
                found.add(module.split(".")[1])
            elif module not in seen:
                seen.add(module)
                waiting.add(module)
    return found


def test_shared_holds_only_what_two_services_need() -> None:
    for module in MODULES:
        if module.startswith("shared.") and not module.endswith("__init__"):
            assert len(users_of(module)) > 1 or module in ONE_SERVICE, module


@pytest.mark.parametrize("schema", ["auth", "storage", "movies"])
def test_migrations_are_numbered_without_a_gap(schema: str) -> None:
    names = sorted(path.name for path in (ROOT / "sql" / schema).glob("*.sql"))
    assert names
    for number, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+\.sql", name)


def test_tests_leave_locust_alone() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        roots = {name.partition(".")[0] for name in imports_of(path)}
        assert roots.isdisjoint({"locust", "gevent"}), path


def test_nobody_imports_a_test_file() -> None:
    """What two of them need lies in a file of its own, or in `tests/world`."""
    for path in (ROOT / "tests").rglob("*.py"):
        found = [
            name for name in imports_of(path, types=True) if re.search(r"^tests\b.*\.test_", name)
        ]
        assert not found, path


def test_nothing_names_a_machine_or_a_package_registry() -> None:
    for path in tracked():
        if path.name not in LOCKS and (ROOT / path).is_file():
            found = FOREIGN.search((ROOT / path).read_bytes())
            assert path == Path("tests/test_tree.py") or not found, path
