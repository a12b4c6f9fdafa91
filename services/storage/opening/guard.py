"""Guards passwords of links: guesses are charged before anything is hashed.

Whoever guesses waits longer and longer at his address. The link as a whole lets a guess in every
second or two at worst, so others make a person with the right password wait for seconds only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.opening.found_links import count_guess
from shared.errors import WRONG_PASSWORD, MeridianError
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.opening.found_links import FoundLink
    from shared.db import Pool
    from shared.passwords.hashing import Passwords
    from shared.throttle.throttle import Throttle

HOUR = 3600
AT_ADDRESS = Rule(free=5, at_once=2, first=2, longest=HOUR / 4, forget=HOUR)
OF_LINK = Rule(free=10, at_once=4, first=1, longest=2, forget=HOUR)


@dataclass(frozen=True, slots=True)
class LinkGuard:
    """Checks passwords of links."""

    pool: Pool
    passwords: Passwords
    throttle: Throttle

    async def check(self, caller: Caller, link: FoundLink, password: str) -> None:
        """Pass when the password is right; WRONG_PASSWORD, TOO_MANY_ATTEMPTS, PASSWORDS_BUSY."""
        if link.password_hash is None:
            return
        if not password:
            raise MeridianError(WRONG_PASSWORD, "This link needs a password.")
        address = network_of(caller.ip)
        lanes = (
            Lane("link_address", f"{link.id} {address}", AT_ADDRESS),
            Lane("link", str(link.id), OF_LINK),
        )
        async with self.throttle.attempt(lanes) as attempt:
            is_right = await self.passwords.verify(link.password_hash, password, lanes[0])
            if not is_right:
                attempt.fail()
        if not is_right:
            await self._note(caller, link)
            raise MeridianError(WRONG_PASSWORD)

    async def _note(self, caller: Caller, link: FoundLink) -> None:
        await count_guess(self.pool, link)
        refused = NewAction(
            owner_id=link.owner_id,
            event=ActionEvent.LINK_REFUSE,
            object_id=link.file_id or link.folder_id,
            data={"name": link.name, "reason": WRONG_PASSWORD.code},
            link_id=link.id,
        )
        await insert_actions(self.pool, caller, [refused])
