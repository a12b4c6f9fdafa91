"""Fills the database of a local stack, and skips that when nothing changed since."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING

from services.local.process.child import PROJECT
from services.local.process.programs import clean_environment
from services.local.process.tool import run_tool
from services.local.run.plan import ROLES
from services.local.run.secret import VAULT_KEY
from services.local.run.service_commands import service_environment
from services.local.servers.cities import BUCKET
from services.local.servers.more_cities import is_added

if TYPE_CHECKING:
    from services.local.process.guard import Guard
    from services.local.run.plan import Plan
    from services.local.servers.edge_command import Edge

DEPENDS_ON = ("sql/**/*.sql", "shared/catalog/servers.py", "services/local/run/seed.py")


async def fill_database(plan: Plan, guard: Guard) -> bool:
    """Bring tables, cities and accounts up to date; return whether there was anything to do."""
    wishes = json.dumps(_wishes(plan))
    accounts = "\n".join(
        json.dumps({**account, "email": _email(account)}) for account in plan.accounts
    )
    fingerprint = _fingerprint(wishes, accounts)
    # Beside the cluster, so that it goes with it.
    mark = plan.postgres.folder / "filled"
    if mark.exists() and mark.read_text() == fingerprint:
        return False
    seed = (sys.executable, "-m", "services.local.run.seed")
    await run_tool(seed, clean_environment(), guard, wishes)
    ensure = (sys.executable, "-m", "services.auth", "ensure-accounts")
    await run_tool(ensure, service_environment(plan, "auth"), guard, accounts)
    mark.write_text(fingerprint)
    return True


def _wishes(plan: Plan) -> dict[str, object]:
    return {
        "database_url": plan.postgres.url(),
        "passwords": {role: plan.secrets[f"role_{role}"] for role in ROLES},
        "vault_key": plan.secrets[VAULT_KEY],
        "servers": [_server(edge) for edge in plan.edges if not is_added(edge.city)],
        "moved": {edge.city.name: edge.endpoint for edge in plan.edges},
        "set_up": any(edge.node.is_complete for edge in plan.edges),
    }


def _server(edge: Edge) -> dict[str, object]:
    city = edge.city
    return {
        "name": city.name,
        "endpoint": edge.endpoint,
        "public_endpoint": edge.endpoint,
        "bucket": BUCKET,
        "access_key": edge.node.access_key,
        "secret_key": edge.node.secret_key,
        "hook_secret": edge.hook_secret,
        "city": city.title,
        "zone": city.zone,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "capabilities": _capabilities(edge),
    }


def _capabilities(edge: Edge) -> dict[str, bool]:
    """What is known beforehand; the rest is found out by trying."""
    if edge.node.is_complete:
        return {}
    return {"if_none_match": True, "etag_of_parts": True}


def _email(account: dict[str, object]) -> str:
    return f"{account['username']}@meridian.example"


def _fingerprint(*texts: str) -> str:
    digest = hashlib.sha256()
    for pattern in DEPENDS_ON:
        for path in sorted(PROJECT.glob(pattern)):
            digest.update(path.read_bytes())
    for text in texts:
        digest.update(text.encode())
    return digest.hexdigest()
