"""Word documents (.docx): their paragraphs and table cells in order, with tracked changes accepted."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from transcripts.model import Transcript, TranscriptError
from transcripts.turns import Paragraph, read_turns

LARGEST_DOCUMENT = 100_000_000
"""Bytes of word/document.xml, unpacked; a thousand hours of speech are less."""

_LARGEST_FILE = 500_000_000  # bytes of all parts together: python-docx unpacks them all, pictures too
_DOCUMENT = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0"  # an old .doc, or a .docx behind a password
_ENCRYPTED = 0x1
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = frozenset(
    (
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}pPr",
        f"{_W}rPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(raw: bytes) -> Transcript:
    """Read the text of a Word document, then its turns and time codes as in plain text.

    Insertions are read and deletions are not; headers, footers, footnotes and comments are left out.
    Raises TranscriptError for a broken, encrypted or unreasonably large file.
    """
    _check_zip(raw)
    return read_turns(_paragraphs(raw))


def _check_zip(raw: bytes) -> None:
    if raw.startswith(_OLE):
        raise TranscriptError("this is an old .doc or is behind a password: save it as .docx without one")
    try:
        parts = zipfile.ZipFile(BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise TranscriptError("this is not a Word document, or it is damaged") from error
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise TranscriptError("this Word document is encrypted")
    sizes = {part.filename: part.file_size for part in parts}
    # zipfile stops at the size that is declared here
    if sizes.get(_DOCUMENT, 0) > LARGEST_DOCUMENT or sum(part.file_size for part in parts) > _LARGEST_FILE:
        raise TranscriptError("this Word document is too large when unpacked to be a transcript")


def _paragraphs(raw: bytes) -> tuple[Paragraph, ...]:
    import docx

    try:
        return tuple(_read_paragraphs(docx.Document(BytesIO(raw))))
    except (
        AttributeError,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        SyntaxError,  # the base of lxml's XMLSyntaxError
        ValueError,
        docx.exceptions.PythonDocxError,
        docx.opc.exceptions.OpcError,
        struct.error,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise TranscriptError("this is not a Word document, or it is damaged") from error


def _read_paragraphs(document: Any) -> Iterator[Paragraph]:  # a docx.document.Document; python-docx has no types here
    headings = {style.style_id for style in document.styles if str(style.name).lower().startswith(("heading", "title"))}
    for element in document.element.body.iter(f"{_W}p"):
        if any(parent.tag in _LEFT_OUT for parent in element.iterancestors()):
            continue
        lines = tuple(line for line in "".join(_read_text(element)).split("\n") if line.strip())
        if lines:
            style = element.find(f"{_W}pPr/{_W}pStyle")
            yield Paragraph(lines=lines, heading=style is not None and style.get(f"{_W}val") in headings)


def _read_text(element: Any) -> Iterator[str]:
    """Yield what is written in an element; text boxes inside it have paragraphs of their own."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _LEFT_OUT and child.tag != f"{_W}p":
            yield from _read_text(child)
