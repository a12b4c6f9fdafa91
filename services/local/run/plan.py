"""What a local stack consists of, decided before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.local.process.ports import LOOPBACK, gateway_port, keep_ports
from services.local.run.secret import VAULT_KEY, keep_secrets
from services.local.servers.caddy import Gateway
from services.local.servers.cities import CITIES, City
from services.local.servers.edge_command import Edge
from services.local.servers.kinds import WebHook, choose_kind, make_node
from services.local.servers.postgres import Postgres
from services.local.servers.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.local.run.home import Home

ROLES = ("auth", "storage", "replicator")
SERVERS = ("postgres", "valkey")
HTTP_SERVICES = ("auth", "storage")
ACCOUNTS = (("demo", False), ("admin", True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The servers of a home with their ports and secrets; `secrets` are by name."""

    home: Home
    postgres: Postgres
    valkey: Valkey
    edges: tuple[Edge, ...]
    gateway: Gateway
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
    kind = choose_kind(home)
    city_names = [city.name for city in CITIES]
    front = gateway_port(wanted_port)
    ports = keep_ports(
        home,
        (
            *SERVERS,
            *HTTP_SERVICES,
            *(f"{kind}-{name}" for name in city_names for kind in ("node", "edge")),
        ),
    )
    secrets = keep_secrets(
        home,
        (
            *SERVERS,
            VAULT_KEY,
            *(f"role_{role}" for role in ROLES),
            *(f"{name}_password" for name, _ in ACCOUNTS),
            *(f"{kind}-{name}" for name in city_names for kind in ("s3", "hook")),
        ),
    )
    return Plan(
        home=home,
        postgres=Postgres(home.subfolder("postgres"), ports["postgres"], secrets["postgres"]),
        valkey=Valkey(home.subfolder("valkey"), ports["valkey"], secrets["valkey"]),
        edges=tuple(_plan_city(home, kind, city, ports, secrets) for city in CITIES),
        gateway=Gateway(home.subfolder("gateway"), front, ports["auth"], ports["storage"]),
        secrets=secrets,
    )


def _plan_city(
    home: Home, kind: str, city: City, ports: Mapping[str, int], secrets: Mapping[str, str]
) -> Edge:
    folder = home.subfolder(f"cities/{city.name}")
    key = secrets[f"s3-{city.name}"]
    hook_url = f"http://{LOOPBACK}:{ports['storage']}/storage/api/v1/hooks/s3/{city.name}"
    hook_secret = secrets[f"hook-{city.name}"]
    port = ports[f"node-{city.name}"]
    edge_port = ports[f"edge-{city.name}"]
    hook = WebHook(hook_url, hook_secret, f"http://{LOOPBACK}:{edge_port}/-/event")
    node = make_node(kind, city.name, folder, port, key, hook)
    return Edge(city, node, edge_port, hook_url, hook_secret)
