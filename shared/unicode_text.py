"""Text as people see it: which characters are invisible, and which texts are the same."""

from __future__ import annotations

import unicodedata
from typing import Final

from idna.core import valid_contextj

# Default_Ignorable_Code_Point, https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
IGNORABLE: Final = frozenset(
    chr(code)
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
)
# Bidi_Control: "fdp.exe" can be made to read "exe.pdf"; https://www.unicode.org/reports/tr9/
BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
JOINERS: Final = frozenset("\u200c\u200d")
VARIATION_SELECTORS: Final = frozenset(
    chr(code)
    for first, last in ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
)
EMOJI_TAGS: Final = frozenset(map(chr, range(0xE0020, 0xE0080)))
SYMBOLS: Final = frozenset(("So", "Sk"))
EMOJI_STYLE: Final = "\ufe0f"
MOST_ROUNDS: Final = 4


def casefold_key(text: str) -> str:
    """Return the form in which texts that look alike are equal (NFKC_Casefold).

    Compatibility forms, case and what is invisible make no difference.
    """
    for _ in range(MOST_ROUNDS):
        decomposed = unicodedata.normalize("NFKD", text)
        visible = "".join(char for char in decomposed if char not in IGNORABLE)
        folded = unicodedata.normalize("NFKC", visible.casefold())
        if folded == text:
            break
        text = folded
    return text


def find_hidden(text: str) -> str | None:
    """Return the first invisible character that changes nothing one can see where it stands.

    Joiners where a script or an emoji needs them, variation selectors and the tags of flags behind
    what they change are not hidden: they are seen.
    """
    for place, char in enumerate(text):
        if char in IGNORABLE and not _is_seen(text, place):
            return char
    return None


def _is_seen(text: str, place: int) -> bool:
    if place == 0:
        return False
    char, before = text[place], text[place - 1]
    after = text[place + 1 : place + 2]
    if char in VARIATION_SELECTORS:
        return before not in IGNORABLE and not before.isspace()
    if char in EMOJI_TAGS:
        return before in EMOJI_TAGS or _is_symbol(before)
    if char not in JOINERS or not after:
        return False
    if _is_symbol(before) or before == EMOJI_STYLE:
        return _is_symbol(after)
    return _joins(text, place)


def _joins(text: str, place: int) -> bool:
    try:
        return valid_contextj(text, place)
    except ValueError:
        return False


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in SYMBOLS
