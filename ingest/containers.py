"""What a recording's container says about its own length, read from its first (or last) bytes.

FFmpeg corrects a wrong length without a word; whether a recording was cut short shows only here.
"""

from __future__ import annotations

from typing import BinaryIO

MOV, MATROSKA, OGG = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "ogg"  # FFmpeg's names
UNKNOWN_SIZE = 0x7FFF_0000  # sizes from here on are what programs write before they know better


def announced_size(file: BinaryIO, size: int, container: str) -> int | None:
    """Return how many bytes the file's own header says that it has, if it says."""
    file.seek(0)
    head = file.read(64)
    if container == "wav":
        return _riff_size(file, size)
    if container == "aiff":
        announced = int.from_bytes(head[4:8], "big") + 8
        return announced if 8 < announced < UNKNOWN_SIZE else None
    if container == "mp3":
        return _xing_size(file, head)
    if container == MOV:
        return max(atoms(file, size).values(), default=None)
    if container == MATROSKA:
        return _segment_size(head)
    return None


def _riff_size(file: BinaryIO, size: int) -> int | None:
    """Return where the data chunk says that it ends (RIFF; RF64 with a 64-bit size in ds64)."""
    at, large = 12, 0
    for _ in range(1000):
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"ds64":
            large = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data":
            length = large if length == 0xFFFF_FFFF and large else length
            return at + 8 + length if 0 < length < UNKNOWN_SIZE or length == large else None
        at += 8 + length + length % 2
        if at >= size:
            break
    return None


def _xing_size(file: BinaryIO, head: bytes) -> int | None:
    """Return the bytes that a Xing, LAME or VBRI header counts, behind an ID3v2 tag if there is one."""
    tag = 0
    if head[:3] == b"ID3":
        tag = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    file.seek(tag)
    found = file.read(4096)
    for name in (b"Xing", b"Info"):
        at = found.find(name)
        flags = found[at + 7] if 0 <= at < len(found) - 16 else 0
        if flags & 2:
            first = at + 8 + (4 if flags & 1 else 0)
            return tag + int.from_bytes(found[first : first + 4], "big")
    at = found.find(b"VBRI")
    return tag + int.from_bytes(found[at + 10 : at + 14], "big") if 0 <= at < len(found) - 14 else None


def atoms(file: BinaryIO, size: int) -> dict[bytes, int]:
    """Return the names of an MP4's outermost boxes, each with the byte where it says that it ends."""
    found: dict[bytes, int] = {}
    at = 0
    for _ in range(100_000):
        file.seek(at)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
        if length < 8 or not name.isalnum():  # 0: to the end of the file
            break
        at += length
        found[name] = at
        if at >= size:
            break
    return found


def _segment_size(head: bytes) -> int | None:
    """Return where Matroska's segment says that it ends (RFC 8794: a size of ones only is unknown)."""

    def size_at(at: int) -> tuple[int | None, int]:
        width = 9 - head[at].bit_length()
        value = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
        return (None if value == (1 << 7 * width) - 1 else value), at + width

    try:
        header, after = size_at(4)
        at = after + (header or 0)
        if head[at : at + 4] != b"\x18\x53\x80\x67":
            return None
        segment, begins = size_at(at + 4)
    except IndexError:
        return None
    return begins + segment if segment else None


def ogg_ends(file: BinaryIO, size: int) -> bool:
    """Say whether the last page is whole and marked as the end of its stream (RFC 3533, section 6)."""
    file.seek(max(0, size - 2 * 65_307))  # two pages of the greatest length
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or at + 27 > len(tail):
        return False
    table = tail[at + 27 : at + 27 + tail[at + 26]]
    return bool(tail[at + 5] & 4) and at + 27 + len(table) + sum(table) <= len(tail)
