"""One-time codes: the test values of RFC 6238, the skew, and what people type."""

from __future__ import annotations

import base64
import re

import pytest

from services.auth.second_factor.codes import (
    find_step,
    hash_recovery_code,
    new_recovery_codes,
    new_secret,
    uri_of,
)

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("now", "code"),
    # Appendix B, SHA-1, the last six of its eight digits
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(now: float, code: str) -> None:
    assert find_step(RFC_SECRET, code, now) == now // 30


@pytest.mark.parametrize(
    ("later", "is_good"),
    [
        (-61, False),
        (-31, False),
        (-30, True),
        (0, True),
        (29, True),
        (59, True),
        (60, False),
    ],
)
def test_clock_may_be_off_by_one_step(later: float, is_good: bool) -> None:
    start = 1234567890  # the first second of its step
    assert start % 30 == 0
    step = find_step(RFC_SECRET, "005924", start + later)
    assert (step == start // 30) if is_good else (step is None)


@pytest.mark.parametrize("code", ["", "5924", "05924", "0059240", "00592４", "aaaaaa"])
def test_other_texts_are_no_code(code: str) -> None:
    found = find_step(RFC_SECRET, code, 1234567890)
    assert found is None or code == "00592４"


def test_secrets_differ_and_are_long() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(base64.b32decode(secret)) == 20 for secret in made)


def test_uri_is_what_apps_read() -> None:
    uri = uri_of(RFC_SECRET, "ännchen@files.example.com")
    assert uri == (
        "otpauth://totp/Meridian:%C3%A4nnchen%40files.example.com"
        f"?secret={RFC_SECRET}&issuer=Meridian"
    )


def test_recovery_codes_have_80_bits_and_no_letters_to_confuse() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)


@pytest.mark.parametrize(
    "typed",
    ["7F3K-9TQB-0011-MNPQ", "7f3k9tqb0011mnpq", " 7F3K 9TQB OOIL MNPQ", "７F3K-9TQB-0o1i-MNPQ"],
)  # fmt: skip
def test_recovery_codes_may_be_typed_as_people_do(typed: str) -> None:
    assert hash_recovery_code(typed) == hash_recovery_code("7F3K-9TQB-0011-MNPQ")
    assert hash_recovery_code(typed) != hash_recovery_code("7F3K-9TQB-0011-MNPR")
