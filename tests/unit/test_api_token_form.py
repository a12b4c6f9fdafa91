"""The form of API tokens: typing errors are noticed without a look-up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.api_tokens import ALPHABET, checksum, is_well_formed, new_token

# What a scanner for leaked secrets is told to look for.
SCANNED = re.compile(r"\bmrd_[0-9A-Za-z]{49}\b")
BODY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"


def test_new_tokens_differ_and_have_the_form() -> None:
    made = {new_token() for _ in range(200)}
    assert len(made) == 200
    assert all(SCANNED.fullmatch(token) and is_well_formed(token) for token in made)


def test_checksum_is_what_others_compute() -> None:
    # The check value of CRC-32 (ISO-HDLC), to the base of 62 with the digits first.
    assert checksum("123456789") == "3jZRME"  # CBF43926 in hexadecimal
    assert is_well_formed(f"mrd_{BODY}{checksum(BODY)}")


@given(st.integers(0, 48), st.sampled_from(ALPHABET))
def test_a_changed_letter_is_noticed(place: int, letter: str) -> None:
    token = f"mrd_{BODY}{checksum(BODY)}"
    at = 4 + place
    changed = f"{token[:at]}{letter}{token[at + 1 :]}"
    assert is_well_formed(changed) == (changed == token)


@pytest.mark.parametrize(
    "text",
    ["", "mrd_", "mrd_x", f"mrd-{BODY}{checksum(BODY)}", f"mrd_{BODY}{checksum(BODY)} ",
     f"MRD_{BODY}{checksum(BODY)}", f"mrd_{BODY}{checksum(BODY)}\n", "mrd_" + "é" * 49],
)  # fmt: skip
def test_other_forms_are_none(text: str) -> None:
    assert not is_well_formed(text)
