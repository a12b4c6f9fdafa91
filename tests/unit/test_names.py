"""Names: stored as given, in NFC, or refused."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.storage.downloads.presentation import disposition, plain_name, presentation
from services.storage.files.names import clean_name
from services.storage.uploads.schemas import NewUploadSchema

LONG = "x" * 300
GOOD = (
    "отчёт.pdf",
    "図書館.txt",
    "a b;c,'d\".txt",
    "emoji 🎉.png",
    "%2e%2e",
    "-rf",
    r"C:\x",
    "e\u0301",
    "👨‍👩‍👧.png",
    "❤️.txt",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿.svg",
    "می‌خواهم.pdf",
    "क्‍ष.txt",
    "葛󠄀.txt",
)
BAD = ("", " ", ".", "..", "a/b", "../x", "a\r\nX: y", "a\0b", "exe.\u202efdp", "x" * 256, "\u2028")
HIDDEN = (
    *("\u200b", "a\u200bb.txt", "\u200d", "a\u200db.txt", "ab\u200c.txt", "\ufeffa.txt", "\u3164"),
    *("so\u00adft.txt", "\ufe0fa", "a \ufe0f", "a\ufe0f\ufe0f", "a\U000e0041", "a\u2060", "\u034f"),
)


@pytest.mark.parametrize("name", GOOD)
def test_good_names_are_kept_in_nfc(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", BAD)
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_sees_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="invisible"):
        clean_name(name)


@pytest.mark.parametrize("folder", ["", "a", "/a/", "//", "/a//b", "/../etc", "/a/./b", f"/{LONG}"])
def test_bad_folders_are_refused(folder: str) -> None:
    with pytest.raises(ValidationError):
        NewUploadSchema().load({"name": "x", "size": 1, "folder": folder})


@pytest.mark.parametrize("folder", ["/", "/a", "/a/b c/я"])
def test_good_folders_are_kept(folder: str) -> None:
    assert (
        NewUploadSchema().load({"name": "x", "size": 1, "folder": folder}).target.folder == folder
    )


@given(st.text(min_size=1, max_size=80))
def test_a_name_is_kept_or_refused_and_its_header_is_one_ascii_line(text: str) -> None:
    try:
        name = clean_name(text)
    except ValidationError:
        return
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert unquote(header.rpartition("UTF-8''")[2]) == name
    plain = plain_name(name)
    assert plain
    assert not plain.startswith(".")
    assert not set(plain) & set('/\\:"%;*?<>|')


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("report.pdf", "report.pdf"),
        ("отчёт.pdf", "file.pdf"),
        ("отчёт", "file"),
        ("Отчёт 2026.tar.gz", "2026.tar.gz"),
        ("résumé.docx", "resume.docx"),
        ("．．／．．／．bashrc", "bashrc"),
        ("／etc／passwd", "etc passwd"),
        (".bashrc", "file.bashrc"),
        ("a/b\\c.txt", "a b c.txt"),
        ("C:\\x", "C  x"),
        ("…", "file"),
        ('"; filename=evil.exe', "filename=evil.exe"),
        ("日本.", "file"),
    ],
)
def test_a_plain_name_is_safe_and_keeps_what_it_can(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("content_type", "is_shown"),
    [
        ("image/png", True),
        ("IMAGE/JPEG", True),
        ("image/svg+xml", False),
        ("image/svg", False),
        ("Image/SVG+xml; charset=utf-8", False),
        ("image/anything+xml", False),
        ("video/x+XML; a=b", False),
        ("video/webm; codecs=vp8", True),
        ("audio/mpeg", True),
        ("application/pdf", True),
        ("application/pdfx", False),
        ("text/plain", True),
        ("text/plain; charset=koi8-r", True),
        ("text/html", False),
        ("application/xhtml+xml", False),
        ("text/plainhtml", False),
        ("application/octet-stream", False),
    ],
)
def test_only_what_runs_nothing_is_shown(content_type: str, is_shown: bool) -> None:
    shown = presentation("a", content_type, inline=True)["response-content-disposition"]
    assert shown.startswith("inline;" if is_shown else "attachment;")
    saved = presentation("a", content_type, inline=False)["response-content-disposition"]
    assert saved.startswith("attachment;")


def test_plain_text_is_utf8_unless_it_says_otherwise() -> None:
    types = {
        given: presentation("a", given, inline=True)["response-content-type"]
        for given in ("text/plain", "text/plain; charset=koi8-r", "image/png")
    }
    assert types == {
        "text/plain": "text/plain; charset=utf-8",
        "text/plain; charset=koi8-r": "text/plain; charset=koi8-r",
        "image/png": "image/png",
    }
