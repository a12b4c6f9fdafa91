"""run.json: how tests, load runs and people's scripts find a running stack."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from services.local.run.plan import HTTP_SERVICES
from services.local.servers.cities import BUCKET

if TYPE_CHECKING:
    from services.local.process.stack import Stack
    from services.local.run.home import Home
    from services.local.run.plan import Plan
    from services.local.servers.edge_command import Edge


def write_run_file(plan: Plan, stack: Stack, seconds: float) -> None:
    """Say how to reach everything, and which processes there are."""
    address = plan.gateway.address
    content = {
        "address": address,
        "accounts": plan.accounts,
        "services": {name: f"{address}/{name}/api/v1" for name in HTTP_SERVICES},
        "servers": [_server(edge) for edge in plan.edges],
        "pids": {"stack": os.getpid(), "guardian": stack.guard.group, **stack.pids},
        "started_in_seconds": round(seconds, 2),
    }
    plan.home.write(plan.home.run_file.name, content)


def is_alive(pid: int) -> bool:
    """Whether there is such a process, of whomever."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def server_of(home: Home, name: str) -> dict[str, Any] | None:
    """What run.json says about a city; None when it is not there."""
    servers: Any = home.read_passing(home.run_file.name).get("servers", [])
    return next((server for server in servers if server["name"] == name), None)


def _server(edge: Edge) -> dict[str, object]:
    return {
        "name": edge.city.name,
        "city": edge.city.title,
        "endpoint": edge.endpoint,
        "node_endpoint": edge.node.endpoint,
        "bucket": BUCKET,
        "access_key": edge.node.access_key,
        "secret_key": edge.node.secret_key,
    }
