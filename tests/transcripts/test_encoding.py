"""Bytes become text without a guess."""

from __future__ import annotations

import pytest

from transcripts.encoding import decode
from transcripts.model import TranscriptError


def test_utf8_is_read_with_or_without_its_mark() -> None:
    assert decode("Łódź, 北京".encode()) == ("Łódź, 北京", ())
    assert decode("Łódź".encode("utf-8-sig")) == ("Łódź", ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_read_by_its_mark(encoding: str) -> None:
    mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    assert decode(mark + "¿Qué?\r\n".encode(encoding)) == ("¿Qué?\n", ())


def test_windows_1252_is_read_and_said_so() -> None:
    text, remarks = decode(b"\x93We won\x94 \x96 the caf\xe9\x85")
    assert text == "“We won” – the café…"
    assert remarks == ("not UTF-8; read as Windows-1252",)


def test_every_line_end_becomes_a_newline() -> None:
    assert decode(b"a\r\nb\rc\n")[0] == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"caf\xe9 \x81", "byte 5 is 0x81"),
        (b"RIFF\0\0\0\0WAVE", "NUL bytes"),
        ("no mark".encode("utf-16-le"), "NUL bytes"),
        (b"\xff\xfea\x00\x00\xd8", "byte 4 is broken UTF-16"),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw: bytes, message: str) -> None:
    with pytest.raises(TranscriptError, match=message):
        decode(raw)
