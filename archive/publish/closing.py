"""What is being taken off the site, noted beside it before anything else is done: no crash leaves it to be seen.

public/withdrawing-2026.014        consent for the testimony is being withdrawn
public/withdrawing-2026.014-3      that of narrator 3 only
public/unpublishing                the whole site is being taken down

While a note names a testimony that the site shows, the site answers nothing. It goes once an edition obeys it.
The notes are files because the database may be busy, full or broken when somebody says no.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Collection, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.media import to_disk

WHOLE_SITE = "unpublishing"
_NOTE = re.compile(r"withdrawing-(?P<accession>\d+\.\d+)(?:-(?P<narrator>\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A withdrawal that was begun. `after`: the last event of consent before it, None where nobody knows."""

    accession: str
    narrator: int | None
    on: date | None
    after: int | None

    @property
    def name(self) -> str:
        """What its note is called."""
        return f"withdrawing-{self.accession}" + ("" if self.narrator is None else f"-{self.narrator}")


def begin(public: Path, withdrawal: Begun) -> None:
    """Note that a withdrawal is begun; afterwards a power cut does not forget it."""
    on = withdrawal.on.isoformat() if withdrawal.on else None
    _write(public, withdrawal.name, json.dumps({"on": on, "after": withdrawal.after}))


def begin_unpublishing(public: Path) -> None:
    """Note that the whole site is being taken down: what is being published meanwhile takes no place."""
    _write(public, WHOLE_SITE, "")


def is_noted(public: Path, withdrawal: Begun) -> bool:
    """Whether there is a note of it."""
    return (public / withdrawal.name).exists()


def begun(public: Path) -> tuple[Begun, ...]:
    """Return the withdrawals that were begun and that no edition obeys yet."""
    found = ((name, _NOTE.fullmatch(name)) for name in sorted(_names(public)))
    return tuple(_read(public / name, note) for name, note in found if note)


def is_closed(public: Path, shown: Container[str]) -> bool:
    """Whether a site that shows these testimonies must answer nothing now."""
    try:
        names = tuple(_names(public))
    except OSError:  # what cannot be known is not shown
        return True
    return any(name == WHOLE_SITE or ((note := _NOTE.fullmatch(name)) and note["accession"] in shown) for name in names)


def begun_besides(public: Path, obeyed: Collection[Begun], shown: Container[str]) -> bool:
    """Whether something was begun that an edition does not obey which shows these testimonies."""
    known = {one.name for one in obeyed}
    return (public / WHOLE_SITE).exists() or any(
        one.accession in shown for one in begun(public) if one.name not in known
    )


def end(public: Path, obeyed: Collection[Begun]) -> None:
    """Take the notes away of what is done."""
    for one in obeyed:
        (public / one.name).unlink(missing_ok=True)


def end_unpublishing(public: Path) -> None:
    """Take the note away that the site is being taken down."""
    (public / WHOLE_SITE).unlink(missing_ok=True)


def last_event(conn: sqlite3.Connection) -> int:
    """Return the number of the last event of consent."""
    return int(conn.execute("select coalesce(max(id), 0) from consents").fetchone()[0])


def is_recorded(conn: sqlite3.Connection, withdrawal: Begun) -> bool:
    """Whether the record of consent has this withdrawal; where nobody knows since when, it counts as not recorded."""
    if withdrawal.after is None:
        return False
    row = conn.execute(
        "select 1 from consents join testimonies on testimonies.id = testimony where event = 'withdrawn' "
        "and accession = ? and consents.id > ? and (narrator is null or narrator = ?)",
        [withdrawal.accession, withdrawal.after, withdrawal.narrator],
    ).fetchone()
    return row is not None


def _names(public: Path) -> Iterator[str]:
    try:
        with os.scandir(public) as entries:
            yield from (entry.name for entry in entries)
    except FileNotFoundError:
        return


def _write(public: Path, name: str, text: str) -> None:
    """Write a note; one that is written by halves counts, and says nothing more than its name."""
    public.mkdir(mode=0o755, exist_ok=True)
    with (public / name).open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    to_disk(public)


def _read(path: Path, called: re.Match[str]) -> Begun:
    on, after = None, None
    with suppress(OSError, ValueError, KeyError, TypeError):  # written by halves
        said = json.loads(path.read_text(encoding="utf-8"))
        on, after = date.fromisoformat(said["on"]), int(said["after"])
    narrator = int(called["narrator"]) if called["narrator"] else None
    return Begun(accession=called["accession"], narrator=narrator, on=on, after=after)
