"""What handlers take from the application: one key each; app.py opens what is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from services.auth.attempts.known_devices import DeviceMarks
    from services.auth.audit.changes import Changes
    from services.auth.confirmations.confirm import Confirm
    from services.auth.mail.outgoing import Outgoing
    from services.auth.passkeys.check import PasskeyCheck
    from services.auth.resets.forgot import Forgot
    from services.auth.second_factor.check import SecondFactorCheck
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.token_pairs import Mint
    from services.auth.settings import Settings
    from services.auth.social.social_login import SocialLogin
    from shared.db import Pool
    from shared.passwords.hashing import Passwords
    from shared.throttle.throttle import Throttle

SETTINGS: Final[web.AppKey[Settings]] = web.AppKey("settings")
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
PASSWORDS: Final[web.AppKey[Passwords]] = web.AppKey("passwords")
CHANGES: Final[web.AppKey[Changes]] = web.AppKey("changes")
CHECK: Final[web.AppKey[PasswordCheck]] = web.AppKey("check")
PASSKEYS: Final[web.AppKey[PasskeyCheck]] = web.AppKey("passkeys")
OUTGOING: Final[web.AppKey[Outgoing]] = web.AppKey("outgoing")
CONFIRM: Final[web.AppKey[Confirm]] = web.AppKey("confirm")
FORGOT: Final[web.AppKey[Forgot]] = web.AppKey("forgot")
SOCIAL: Final[web.AppKey[SocialLogin]] = web.AppKey("social")
SECOND_FACTOR: Final[web.AppKey[SecondFactorCheck]] = web.AppKey("second_factor")
THROTTLE: Final[web.AppKey[Throttle]] = web.AppKey("throttle")
DEVICE_MARKS: Final[web.AppKey[DeviceMarks]] = web.AppKey("device_marks")
MINT: Final[web.AppKey[Mint]] = web.AppKey("mint")
