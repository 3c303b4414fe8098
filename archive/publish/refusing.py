"""Which uses of what is published of a testimony not everybody concerned has agreed to."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from datetime import date

from archive.access import may
from archive.consent import SOUND, USES, Artefact, Audience, Use
from archive.refused_uses import PASSED_ON
from archive.standing import Standing, Voice


def refused(
    standing: Standing, readable: Collection[int | None], recordings: Collection[Artefact], on: date
) -> frozenset[Use]:
    """Return the uses that are refused. `readable`: whose words are published; `recordings`: sound, picture, both."""
    return frozenset(use for use in PASSED_ON if not all(_agreed(standing, readable, recordings, use, on)))


def recorded(conn: sqlite3.Connection, testimony: int) -> frozenset[Artefact]:
    """Return whether there is sound of a testimony, and a picture."""
    rows = conn.execute("select distinct media_type like 'video/%' from recordings where testimony = ?", [testimony])
    kinds = {bool(picture) for (picture,) in rows}
    return frozenset(SOUND if True in kinds else {Artefact.AUDIO} if kinds else ())


def _agreed(
    standing: Standing, readable: Collection[int | None], recordings: Collection[Artefact], use: Use, on: date
) -> Iterator[bool]:
    """Yield the answer of each voice on each part that is published of it; where only an entry is, on that."""
    for voice in standing.voices:
        if readable and (None in readable or voice.narrator in readable):
            yield _may(standing, voice, use, (Artefact.TRANSCRIPT, Artefact.QUOTATION), on)
        for recording in recordings:
            if use in USES[recording]:
                yield _may(standing, voice, use, (recording,), on)
    if not readable and (not recordings or use not in USES[next(iter(SOUND))]):
        yield bool(may(use, Artefact.CATALOGUE_ENTRY, Audience.PUBLIC, standing, on))


def _may(standing: Standing, voice: Voice, use: Use, parts: Collection[Artefact], on: date) -> bool:
    """Whether a voice agrees for one of these parts; a sentence may be quoted from the text, or by itself."""
    wanted = parts if use is Use.QUOTE else tuple(parts)[:1]
    return any(may(use, part, Audience.PUBLIC, standing.of(voice.narrator), on) for part in wanted)
