"""Servers that have no package: built from pinned sources with Go, once for every checkout.

`python -m services.local.servers.build minio` puts the program into
.tools/, which the local stack finds.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from services.local.run.home import LocalError

TOOLS = Path(__file__).resolve().parents[3] / ".tools"
MEBIBYTE = 1024 * 1024
PROGRAM_MODE = 0o755
SHOWN_LINES = 12


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to build; `package` lies in `module`."""

    name: str
    module: str
    version: str
    package: str
    takes: str


RECIPES = {
    recipe.name: recipe
    for recipe in (
        # The last commit of the community edition: tags of releases are not in the module index.
        Recipe(
            "minio",
            "github.com/minio/minio",
            "v0.0.0-20260212201848-7aac2a2c5b7c",
            "github.com/minio/minio",
            "3 minutes",
        ),
        Recipe(
            "versitygw",
            "github.com/versity/versitygw",
            "v1.8.0",
            "github.com/versity/versitygw/cmd/versitygw",
            "1 minute",
        ),
        Recipe(
            "docker-compose",
            "github.com/docker/compose/v2",
            "v2.40.3",
            "github.com/docker/compose/v2/cmd",
            "2 minutes",
        ),
        Recipe(
            "actionlint",
            "github.com/rhysd/actionlint",
            "v1.7.12",
            "github.com/rhysd/actionlint/cmd/actionlint",
            "20 seconds",
        ),
    )
}


def built(name: str) -> Path | None:
    """The program of this checkout, when it is there."""
    program = TOOLS / name
    return program if program.exists() else None


def build(name: str) -> Path:
    """Take the program from the cache, or build it first; LocalError tells what is missing."""
    recipe = RECIPES[name]
    kept = _cache() / f"{name}-{recipe.version}-{platform.system()}-{platform.machine()}".lower()
    if not kept.exists():
        _compile(recipe, kept)
    return kept


def install(name: str) -> Path:
    """Put the program where the local stack looks for it; LocalError tells what is missing."""
    program = build(name)
    TOOLS.mkdir(exist_ok=True)
    _replace(program, TOOLS / name)
    return TOOLS / name


def _cache() -> Path:
    chosen = os.environ.get("MERIDIAN_CACHE") or "~/.cache/meridian"
    return Path(chosen).expanduser()


def _compile(recipe: Recipe, target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise LocalError(f"{recipe.name} is built with Go, which is not installed")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="meridian-build-") as folder:
        made = Path(folder) / recipe.name
        for step in (
            # A module of its own: some sources refuse to be installed from outside.
            (go, "mod", "init", "build"),
            (go, "get", f"{recipe.package}@{recipe.version}"),
            (go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(made), recipe.package),
        ):
            _run(step, folder)
        _replace(made, target)


def _run(argv: tuple[str, ...], folder: str) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        argv, check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-SHOWN_LINES:])
        raise LocalError(f"`{' '.join(argv[:2])}` failed:\n{said}")


def _replace(source: Path, target: Path) -> None:
    """Put a program in its place at once, also while the one before it runs."""
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    shutil.copyfile(source, part)
    part.chmod(PROGRAM_MODE)
    part.replace(target)


@click.command()
@click.argument("name", type=click.Choice(list(RECIPES)))
def main(name: str) -> None:
    """Build a server into .tools/; the result is kept in MERIDIAN_CACHE (~/.cache/meridian)."""
    began = time.monotonic()
    recipe = RECIPES[name]
    click.echo(f"{name} {recipe.version} (about {recipe.takes} when it is new) …", err=True)
    try:
        program = install(name)
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    size = program.stat().st_size / MEBIBYTE
    seconds = time.monotonic() - began
    click.echo(f"{program.relative_to(TOOLS.parent)}: {size:.0f} MiB, {seconds:.0f} s")


if __name__ == "__main__":
    main()
