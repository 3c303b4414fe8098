"""From the bytes of a file to its text: UTF-8, UTF-16 with its mark, or else Windows-1252, and never a guess."""

from __future__ import annotations

import codecs

from transcripts.model import TranscriptError

_NOT_UTF8 = "not UTF-8; read as Windows-1252"


def decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text, with every line end as a newline, and remarks for the person who imports it.

    Detectors are not asked: on real transcripts in Windows-1252 they answered cp1250, cp852 and cp775.
    Raises TranscriptError where the bytes are no text in any of these encodings.
    """
    text, remarks = _decode(raw)
    if "\0" in text:
        raise TranscriptError("this is not text: it contains NUL bytes")
    return normalise_newlines(text), remarks


def normalise_newlines(text: str) -> str:
    """Return the text with `\\r\\n` and `\\r` written as `\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise TranscriptError(f"this is not text: byte {error.start} is broken UTF-16") from error
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), (_NOT_UTF8,)
    except UnicodeDecodeError as error:
        broken = raw[error.start]
        raise TranscriptError(
            f"this is not text in UTF-8 or Windows-1252: byte {error.start} is 0x{broken:02x}; save it as UTF-8"
        ) from error
