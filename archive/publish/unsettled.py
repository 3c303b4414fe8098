"""What people settle before anything of a testimony is published: titles and names that nobody has chosen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from archive.consent import Attribution
from archive.folding import fold
from archive.media import names_of_files
from archive.standing import Standing


def unsettled(
    conn: sqlite3.Connection, testimony: int, standing: Standing, named: Mapping[int, Attribution]
) -> Iterator[str]:
    """Yield why a testimony waits. `named`: the narrators whom its entry would name, and how.

    The reasons are for those who keep the archive: they may say the very name that somebody did not choose.
    """
    (title,) = conn.execute("select title from testimonies where id = ?", [testimony]).fetchone()
    if title in names_of_files(conn, testimony) and not _is_confirmed(conn, testimony):
        yield (
            f"its title is the name of a file: 'conricerca describe {standing.accession} --title …' gives it another, "
            "or says that it is the title"
        )
    for voice in standing.voices:
        chosen = _chosen_name(conn, testimony, voice.narrator, alone=len(standing.voices) == 1)
        by_role = named.get(voice.narrator or 0, Attribution.ROLE) is Attribution.ROLE
        if chosen and not by_role and fold(chosen) != fold(voice.name):
            yield f"{voice.name} wants to be called {chosen}: conricerca narrator rename {voice.name!r} {chosen!r}"


def _is_confirmed(conn: sqlite3.Connection, testimony: int) -> bool:
    """Whether somebody has said that the title is the title."""
    found = conn.execute(
        "select 1 from events where testimony = ? and action = 'described' "
        "and ', ' || detail || ',' like '%, title,%' limit 1",
        [testimony],
    )
    return found.fetchone() is not None


def _chosen_name(conn: sqlite3.Connection, testimony: int, narrator: int | None, *, alone: bool) -> str | None:
    """Return the name that a narrator chose last. What is decided for the whole counts where one tells `alone`."""
    row = conn.execute(
        "select json_extract(detail, '$.called') from consents where testimony = :testimony "
        "and json_extract(detail, '$.called') is not null "
        "and (narrator = :narrator or (narrator is null and :alone)) order by id desc limit 1",
        {"testimony": testimony, "narrator": narrator, "alone": alone},
    ).fetchone()
    return str(row[0]) if row else None
