"""Names in a weaker alphabet stay names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.storage.downloads.presentation import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("отчёт.pdf", "file.pdf"),
        ("．．／．．／．bashrc", "bashrc"),
        ("／etc／passwd", "etc passwd"),
        ("＼＼server＼share.txt", "server share.txt"),
        ("…hidden", "hidden"),
        ("отчёт.tar.gz", "file.tar.gz"),
        ("．profile", "file.profile"),
        ("ＮＵＬ.txt", "file NUL.txt"),
        ("com1", "file com1"),
        ("console.txt", "console.txt"),
        ("report...", "report"),
        ("⒇" * 85 + ".pdf", "(20)" * 62 + "(20.pdf"),
    ],
)
def test_what_is_taken_apart_makes_no_path(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(st.text(min_size=1, max_size=60))
def test_whatever_the_name_it_is_one_plain_name(name: str) -> None:
    plain = plain_name(name)
    assert plain
    assert plain.isascii()
    assert plain.isprintable()
    assert not {*plain} & {*'/\\:"%;*?<>|'}
    assert not plain.startswith((".", " "))
    assert not plain.endswith((".", " "))
    assert len(plain) <= 255
