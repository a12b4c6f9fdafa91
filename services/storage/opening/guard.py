"""Guards passwords of links and file requests: guesses are charged before anything is hashed.

Whoever guesses waits longer and longer at his address, and shares with all who guess what the link
as a whole lets in, one in two seconds. The first two tries from an address are apart from that:
so a person who knows the password need not wait for those who do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from services.storage.opening.passes import read_pass, seal_pass
from shared.errors import WRONG_PASSWORD, MeridianError
from shared.link_events import PasswordGuessed
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from ipaddress import IPv4Network, IPv6Network
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.events.news import NewsTeller
    from services.storage.opening.guarded import Guarded
    from services.storage.opening.passes import Pass
    from shared.passwords.hashing import Passwords
    from shared.throttle.throttle import Throttle
    from shared.vault import Vault

Lanes: TypeAlias = "tuple[Lane, ...]"

HOUR = 3600
AT_ADDRESS = Rule(free=5, at_once=2, first=2, longest=HOUR / 4, forget=HOUR)
# The password, or once mistyped and then the password.
FIRST_TRIES = Rule(free=1, at_once=2, first=HOUR, longest=HOUR, forget=HOUR)
# So many wrong first tries are more than a few thousand addresses make; then they wait, too.
STORM, STORM_AT_ONCE = 5000, 64
NEWCOMERS = Rule(free=STORM, at_once=STORM_AT_ONCE, first=1, longest=2, forget=HOUR)
OF_LINK = Rule(free=10, at_once=4, first=1, longest=2, forget=HOUR)
# More wrong passwords than people mistype; its owner hears of so many, not of each.
ALARMS = frozenset((6, 60, 600, 6000))


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
        first, otherwise = lanes_of(guarded.id, network_of(caller.ip))
        async with self.throttle.attempt(first, otherwise) as attempt:
            is_right = await self.passwords.verify(guarded.password_hash, password, first[0])
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


def lanes_of(guarded_id: UUID, network: IPv4Network | IPv6Network) -> tuple[Lanes, Lanes]:
    """Where a try from an address is counted: among the first from there, or with all others."""
    link, place = str(guarded_id), f"{guarded_id} {network}"
    at_address = Lane("link_address", place, AT_ADDRESS)
    first = Lane("link_first", place, FIRST_TRIES), Lane("link_newcomers", link, NEWCOMERS)
    return (at_address, *first), (at_address, Lane("link", link, OF_LINK))
