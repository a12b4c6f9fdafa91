"""What a local stack consists of, decided before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.local.process.ports import LOOPBACK, gateway_port, keep_ports
from services.local.run.secret import VAULT_KEY, keep_secrets
from services.local.servers.caddy import Gateway
from services.local.servers.edge_command import Edge
from services.local.servers.kinds import WebHook, choose_kind, make_node
from services.local.servers.more_cities import all_cities
from services.local.servers.postgres import Postgres
from services.local.servers.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.local.run.home import Home
    from services.local.servers.cities import City

ROLES = ("auth", "storage", "replicator", "movies")
BACKGROUND = ("relay", "replicator-1", "replicator-2")
SERVERS = ("postgres", "valkey")
HTTP_SERVICES = ("auth", "storage", "movies")
# The films of the example lie with an account of their own.
CINEMA = "cinema"
ACCOUNTS = (("demo", False), ("admin", True), (CINEMA, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The servers of a home with their ports and secrets; `secrets` are by name.

    `figures` are the ports where processes without an API tell how they are.
    """

    home: Home
    postgres: Postgres
    valkey: Valkey
    edges: tuple[Edge, ...]
    gateway: Gateway
    figures: Mapping[str, int]
    secrets: Mapping[str, str]

    def database_url(self, role: str) -> str:
        """Say how a service connects: `auth`, `storage` or `replicator`."""
        return self.postgres.url(f"meridian_{role}", self.secrets[f"role_{role}"])

    @property
    def accounts(self) -> list[dict[str, object]]:
        """List the accounts that every local stack has."""
        return [
            {
                "username": name,
                "password": self.secrets[f"{name}_password"],
                "is_superuser": is_superuser,
            }
            for name, is_superuser in ACCOUNTS
        ]


def make_plan(home: Home, wanted_port: int | None = None) -> Plan:
    """Choose the ports and make up the secrets that are new; LocalError when a port is taken."""
    choose_kind(home)
    cities = all_cities(home)
    front = gateway_port(wanted_port)
    of_cities = [name for city in cities for name in _ports_of(city)]
    ports = keep_ports(home, (*SERVERS, *HTTP_SERVICES, *BACKGROUND, *of_cities))
    secrets = keep_secrets(
        home,
        (
            *SERVERS,
            VAULT_KEY,
            *(f"role_{role}" for role in ROLES),
            *(f"{name}_password" for name, _ in ACCOUNTS),
        ),
    )
    return Plan(
        home=home,
        postgres=Postgres(home.subfolder("postgres"), ports["postgres"], secrets["postgres"]),
        valkey=Valkey(home.subfolder("valkey"), ports["valkey"], secrets["valkey"]),
        edges=tuple(plan_city(home, city, ports["storage"]) for city in cities),
        gateway=Gateway(
            home.subfolder("gateway"), front, ports["auth"], ports["storage"], ports["movies"]
        ),
        figures={name: ports[name] for name in BACKGROUND},
        secrets=secrets,
    )


def plan_city(home: Home, city: City, storage_port: int) -> Edge:
    """Choose the ports and make up the secrets of one city."""
    ports = keep_ports(home, _ports_of(city))
    secrets = keep_secrets(home, (f"s3-{city.name}", f"hook-{city.name}"))
    node_port, edge_port = ports.values()
    hook = WebHook(
        f"http://{LOOPBACK}:{storage_port}/storage/api/v1/hooks/s3/{city.name}",
        secrets[f"hook-{city.name}"],
        f"http://{LOOPBACK}:{edge_port}/-/event",
    )
    folder = home.subfolder(f"cities/{city.name}")
    key = secrets[f"s3-{city.name}"]
    node = make_node(choose_kind(home), city.name, folder, node_port, key, hook)
    return Edge(city, node, edge_port, hook.url, hook.secret)


def _ports_of(city: City) -> tuple[str, str]:
    return f"node-{city.name}", f"edge-{city.name}"
