"""What recordings are called: the suffixes that a format may have, the right one, and the media type."""

from __future__ import annotations

from typing import Any

from ingest.containers import MATROSKA, MOV, OGG

AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".m4a", ".ogg", ".oga", ".opus", ".aac", ".amr", ".aiff", ".aif", ".mka")
VIDEO_SUFFIXES = (".webm", ".3gp", ".mp4", ".m4v", ".mov", ".mkv")  # each may also hold sound alone
SUFFIXES = frozenset(AUDIO_SUFFIXES + VIDEO_SUFFIXES)
FAMILIES = {
    MOV: (".m4a", ".mp4", ".m4v", ".mov", ".3gp"),
    MATROSKA: (".webm", ".mkv", ".mka"),
    OGG: (".ogg", ".oga", ".opus"),
    "aiff": (".aiff", ".aif"),
    "amrnb": (".amr",),
    "amrwb": (".amr",),
    "w64": (".wav",),
}
MEDIA_TYPES = {
    ".wav": "wav",
    ".mp3": "mpeg",
    ".m4a": "mp4",
    ".m4v": "mp4",
    ".oga": "ogg",
    ".opus": "ogg",
    ".aif": "aiff",
    ".mkv": "matroska",
    ".mka": "matroska",
    ".3gp": "3gpp",
}


def family_of(container: str) -> tuple[str, ...]:
    """Return the suffixes that files of this format may have, the usual one first."""
    return FAMILIES.get(container, (f".{container}",))


def right_suffix(own: str, container: Any, codec: str, has_video: bool) -> str:
    """Return the file's own suffix where it is right, else the usual one for what the file is."""
    family = family_of(container.format.name)
    brand = container.metadata.get("major_brand", "").strip()
    if container.format.name == MOV:
        usual = {"qt": ".mov", "M4A": ".m4a"}.get(brand, ".3gp" if brand.startswith("3g") else ".m4a")
        usual = ".mp4" if has_video and usual == ".m4a" else usual
    elif container.format.name == MATROSKA:
        usual = ".webm" if codec in {"opus", "vorbis"} else ".mkv" if has_video else ".mka"
    else:
        usual = ".opus" if codec in {"opus", "libopus"} else family[0]
    wrong = has_video and own in AUDIO_SUFFIXES
    return own if own in family and not wrong else usual


def media_type(suffix: str, has_video: bool) -> str:
    """Return what stands after `audio/` or `video/` in the media type."""
    if suffix == ".mov":
        return "quicktime" if has_video else "mp4"  # audio/quicktime does not exist
    return MEDIA_TYPES.get(suffix, suffix[1:])
