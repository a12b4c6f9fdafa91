"""A manifest as Metalink 4 (RFC 5854), which download programs such as aria2 understand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from services.storage.downloads.manifest import Manifest

MEDIA_TYPE = "application/metalink4+xml"
NAMESPACE = "urn:ietf:params:xml:ns:metalink"
SHA256 = "sha-256"
# Characters that names may hold and XML 1.0 may not; and what is a separator on Windows.
UNSAFE = re.compile(r"[\ufffe\uffff\\]")


def write_metalink(manifest: Manifest) -> bytes:
    """Write the document: one file with its hashes and its URLs by priority."""
    root = Element("metalink", xmlns=NAMESPACE)
    file = SubElement(root, "file", name=UNSAFE.sub("_", manifest.held.name))
    _add(file, "size", str(manifest.held.size))
    _add(file, "hash", manifest.sha256.hex(), type=SHA256)
    pieces = _add(file, "pieces", "", length=str(manifest.part_size), type=SHA256)
    for part in manifest.parts:
        _add(pieces, "hash", part.sha256.hex())
    for priority, (_, url) in enumerate(manifest.sources.links, start=1):
        _add(file, "url", url, priority=str(priority))
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, name: str, text: str, **attributes: str) -> Element:
    child = SubElement(parent, name, attributes)
    child.text = text
    return child
