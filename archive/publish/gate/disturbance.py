"""The same archive with everything different that is withheld: gone, saying something else, and more of it.

Its file is not touched. Temporary views stand in the place of its tables, of one connection only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from archive.consent import Attribution
from archive.publish.selection import Selection
from archive.publish.source import Source
from archive.redactions import approved_marks

NOISE = "('withheld ' || hex(randomblob(8)))"
INVENTED = 40  # testimonies that there are not
LETTER = "x"  # stands for every letter that is cut; a cut knows only where it begins and ends
OF_TESTIMONIES = (  # tables with a row or more for each testimony
    "contributions", "recordings", "documents", "transcripts", "passages", "tags", "counted_tags", "consents",
    "redactions", "generalisations", "content_notes",
)  # fmt: skip


def unless(kept: str, *columns: str) -> dict[str, str]:
    """Return expressions for columns that say noise in the rows that are not `kept`."""
    return {column: f'case when {kept} then "{column}" else {NOISE} end' for column in columns}


_CURRENT = "segments.transcript in (select transcript from temp.shown_text)"
_AGREED = (
    "exists (select 1 from temp.readable where readable.testimony = passages.testimony "
    "and readable.narrator = coalesce(passages.narrator, 0))"
)
_CUT = "(select altered.text from temp.altered where segment = passages.id)"
_ALTERED: Mapping[str, Mapping[str, str]] = {
    "recordings": unless("false", "filename", "remark"),
    "documents": unless("false", "filename", "remark"),
    "transcripts": unless("false", "options", "remark", "made_at", "tagged_with"),
    "redactions": {
        **unless("false", "reason", "proposed_by", "decided_by"),
        # where a mark stands is known by its place in this revision; by its words only in others
        "words": f"case when segment in (select id from main.segments where {_CURRENT}) then {NOISE} else words end",  # noqa: S608
    },
    "content_notes": unless("false", "actor", "at"),
    "consents": {"actor": NOISE, "detail": f"json_set(detail, '$.note', {NOISE})"},
    "passages": {
        "text": f"coalesce({_CUT}, case when {_AGREED} then text else {NOISE} end)",
        "spaced": NOISE,
    },
    "testimonies": {
        part: f"case when {part} is not null then "  # noqa: S608 - what nobody has said cannot be withheld
        f"coalesce((select said from temp.told where testimony = id and part = '{part}'), {NOISE}) end"
        for part in ("summary", "place")
    },
    "narrators": unless("id in (select id from temp.named)", "name", "note"),
    "terms": unless("id in (select term from temp.spoken)", "preferred", "scope_note"),
    "variants": unless("term in (select term from temp.spoken)", "text"),
    "segments": unless(_CURRENT, "speaker", "text"),
    "vocabularies": unless("false", "version", "sha256", "loaded_at"),
}


def disturb(conn: sqlite3.Connection, selection: Selection) -> None:
    """Put views over this connection's tables in which what the selection withholds is different."""
    conn.execute("pragma query_only = off")  # for what is temporary; the file itself is open for reading only
    conn.execute("create temp table kept (id integer primary key)")
    conn.executemany("insert into kept values (?)", [(number,) for number in sorted(selection.numbers)])
    _note_narrators(conn, selection)
    _note_what_is_told(conn, selection)
    _note_terms(conn)
    for command in _views(conn):
        conn.execute(command)
    conn.execute("pragma query_only = on")


def _note_narrators(conn: sqlite3.Connection, selection: Selection) -> None:
    """Note whom the edition calls by a name, and whose words in which testimony it has."""
    conn.execute("create temp table named (id integer primary key)")
    named = {
        narrator
        for one in selection.testimonies
        for narrator, called in one.named.items()
        if called is not Attribution.ROLE
    }
    conn.executemany("insert into named values (?)", [(number,) for number in sorted(named)])
    conn.execute(
        "create temp table readable (testimony integer, narrator integer, primary key (testimony, narrator)) "
        "without rowid"
    )
    readable = [(one.number, narrator or 0) for one in selection.testimonies for narrator in one.readable]
    conn.executemany("insert into readable values (?, ?)", sorted(readable))


def _note_what_is_told(conn: sqlite3.Connection, selection: Selection) -> None:
    """Note which descriptions are published, which transcripts, and what cut passages say with other words inside."""
    conn.execute(
        "create temp table told (testimony integer, part text, said text, primary key (testimony, part)) without rowid"
    )
    source = Source.of(conn)
    for one in selection.testimonies:
        said = source.described(one)
        parts = [(one.number, part, said[part]) for part in ("summary", "place") if said[part] is not None]
        conn.executemany("insert into told values (?, ?, ?)", parts)
    conn.execute("create temp table shown_text (transcript integer primary key)")
    conn.execute(
        "insert into shown_text select transcript from main.testimonies "
        "where id in (select testimony from readable) and transcript is not null"
    )
    conn.execute("create temp table altered (segment integer primary key, text text)")
    marked = conn.execute("select distinct testimony from main.redactions where state = 'approved'").fetchall()
    for (testimony,) in marked:
        conn.executemany("insert into altered values (?, ?)", _with_other_words(conn, testimony))


def _with_other_words(conn: sqlite3.Connection, testimony: int) -> Iterator[tuple[int, str]]:
    """Yield segments in which what is cut says something else; words with times must go on saying what they say."""
    for segment, marks in approved_marks(conn, testimony).items():
        row = conn.execute(
            "select text from main.passages where id = ? "
            "and not exists (select 1 from word_timings where segment = passages.id)",
            [segment],
        ).fetchone()
        if row is not None:
            text = str(row[0])
            for mark in marks:
                length = mark.end_char - mark.start_char
                text = text[: mark.start_char] + LETTER * length + text[mark.end_char :]
            yield segment, text


def _note_terms(conn: sqlite3.Connection) -> None:
    """Note the terms that stand in a published testimony, with all above them; every other name is withheld."""
    conn.execute(
        "create temp table spoken as with recursive above (term) as ("
        "select term from main.counted_tags where testimony in (select id from kept) "
        "union select parent from above join main.term_parents using (term)) select term from above"
    )
    conn.execute("create unique index temp.spoken_term on spoken (term)")


def _views(conn: sqlite3.Connection) -> Iterator[str]:
    for table in OF_TESTIMONIES:
        published = "testimony in (select id from temp.kept)"
        yield f"create temp view {table} as {_altered(conn, table)} where {published}"
    kept = f"{_altered(conn, 'testimonies')} where id in (select id from temp.kept)"  # noqa: S608
    yield f"create temp view testimonies as {kept} union all {_invented(conn)}"
    for table in _ALTERED.keys() - set(OF_TESTIMONIES) - {"testimonies"}:
        yield f"create temp view {table} as {_altered(conn, table)}"


def _altered(conn: sqlite3.Connection, table: str) -> str:
    """Return a query for all of a table, with what is withheld altered."""
    changes = _ALTERED.get(table, {})
    shown = ", ".join(
        f'{changes[name]} as "{name}"' if name in changes else f'"{name}"' for name in _names(conn, table)
    )
    return f"select {shown} from main.{table}"  # noqa: S608 - the archive's own names


def _invented(conn: sqlite3.Connection) -> str:
    """Return a query for testimonies that there are not, and on which nobody has decided anything."""
    made = {
        "id": "1000000000 + number", "accession": "'9999.' || substr('00' || number, -3)", "title": NOISE,
        "kind": "'interview'", "accessioned_at": "'2026-01-01T00:00:00+00:00'",
    }  # fmt: skip
    shown = ", ".join(made.get(name, "null") for name in _names(conn, "testimonies"))
    numbers = f"select 1 as number union all select number + 1 from numbered where number < {INVENTED}"  # noqa: S608
    return f"select {shown} from (with recursive numbered as ({numbers}) select number from numbered)"  # noqa: S608


def _names(conn: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in conn.execute("select name from pragma_table_info(?, 'main')", [table])]
