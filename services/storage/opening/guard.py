"""Guards passwords of links and file requests: guesses are charged before anything is hashed.

Whoever guesses waits longer and longer at his address. The link as a whole lets a guess in every
second or two at worst, so others make a person with the right password wait for seconds only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.opening.passes import read_pass, seal_pass
from shared.errors import WRONG_PASSWORD, MeridianError
from shared.link_events import PasswordGuessed
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.storage.caller import Caller
    from services.storage.events.news import NewsTeller
    from services.storage.opening.guarded import Guarded
    from services.storage.opening.passes import Pass
    from shared.passwords.hashing import Passwords
    from shared.throttle.throttle import Throttle
    from shared.vault import Vault

HOUR = 3600
AT_ADDRESS = Rule(free=5, at_once=2, first=2, longest=HOUR / 4, forget=HOUR)
# More wrong passwords than people mistype; its owner hears of so many, not of each.
ALARMS = frozenset((6, 60, 600, 6000))
OF_LINK = Rule(free=10, at_once=4, first=1, longest=2, forget=HOUR)


@dataclass(frozen=True, slots=True)
class LinkGuard:
    """Checks passwords, and the passes that spare them."""

    passwords: Passwords
    throttle: Throttle
    vault: Vault
    news: NewsTeller

    def find_pass(self, text: str, guarded: Guarded) -> Pass | None:
        """The pass that somebody shows, if it is good here and now."""
        shown = read_pass(self.vault, text) if text else None
        return shown if shown is not None and shown.fits(guarded) else None

    def seal(self, given: Pass) -> str:
        """Write a pass for whoever may have it."""
        return seal_pass(self.vault, given)

    async def check(
        self, caller: Caller, guarded: Guarded, password: str, note: Callable[[], Awaitable[int]]
    ) -> None:
        """Pass when the password is right; WRONG_PASSWORD, TOO_MANY_ATTEMPTS, PASSWORDS_BUSY.

        `note` writes down a wrong one, and gives how many there were.
        """
        if guarded.password_hash is None:
            return
        if not password:
            raise MeridianError(WRONG_PASSWORD, "A password is needed here.")
        address = network_of(caller.ip)
        lanes = (
            Lane("link_address", f"{guarded.id} {address}", AT_ADDRESS),
            Lane("link", str(guarded.id), OF_LINK),
        )
        async with self.throttle.attempt(lanes) as attempt:
            is_right = await self.passwords.verify(guarded.password_hash, password, lanes[0])
            if not is_right:
                attempt.fail()
        if not is_right:
            if await note() in ALARMS:
                self._alarm(caller, guarded)
            raise MeridianError(WRONG_PASSWORD)

    def _alarm(self, caller: Caller, guarded: Guarded) -> None:
        """The pages of the owner hear at once that somebody is guessing."""
        city = caller.place.city or ""
        guessed = PasswordGuessed(owner_id=guarded.owner_id, link_id=guarded.id, city=city)
        self.news.tell(guessed)
