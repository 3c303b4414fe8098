"""An edition in words: what is in it, what is not and why, what has changed since the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.publish.edition import open_edition
from archive.publish.ledger import Edition
from archive.publish.selection import Held, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an edition holds by accession number, what was held back, and how it differs from the edition before."""

    on: date
    contents: Mapping[str, Mapping[str, Any]]
    held: tuple[Held, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    titles: Mapping[str, str]
    faults: tuple[str, ...] = ()

    @property
    def passages(self) -> int:
        """How many passages can be read."""
        return sum(one["passages"] for one in self.contents.values())


def report_of(database: Path, selection: Selection, before: Edition | None, faults: Iterable[str]) -> Report:
    """Read a report off an edition's database, in which these faults were found."""
    contents, titles = _contents(database)
    earlier = before.contents if before else {}
    return Report(
        on=selection.on,
        contents=contents,
        held=selection.held,
        added=tuple(sorted(contents.keys() - earlier.keys())),
        removed=tuple(sorted(earlier.keys() - contents.keys())),
        titles=titles,
        faults=tuple(faults),
        changed=tuple(sorted(one for one in contents.keys() & earlier.keys() if contents[one] != earlier[one])),
    )


def report_lines(report: Report) -> Iterator[str]:
    """Yield the report for a terminal."""
    yield f"{len(report.contents):,} testimonies with {report.passages:,} passages on {report.on}"
    for accession, parts in report.contents.items():
        yield f"  {accession}  {report.titles[accession]}: {', '.join(_parts(parts))}"
    for words, accessions in (("new", report.added), ("changed", report.changed), ("no longer", report.removed)):
        if accessions:
            yield f"{words}: {', '.join(accessions)}"
    if report.held:
        yield "not published:"
        yield from (f"  {one.accession}{f', {one.part}' if one.part else ''}: {one.reason}" for one in report.held)
    if report.faults:
        yield "to be mended before it can be published:"
        yield from (f"  {fault}" for fault in report.faults)


def _parts(parts: Mapping[str, Any]) -> Iterator[str]:
    yield "catalogue entry"
    if parts["passages"]:
        yield f"{parts['passages']:,} passages"
    yield from (name for name in ("sound", "picture", "summary") if parts[name])


def report_row(report: Report) -> dict[str, Any]:
    """Return the report for a program."""
    return {
        "on": report.on.isoformat(),
        "testimonies": report.contents,
        "held": [{"accession": one.accession, "part": one.part, "reason": one.reason} for one in report.held],
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "faults": report.faults,
    }


def _contents(database: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return what of each testimony is in an edition, and the titles."""
    with closing(open_edition(database)) as conn:
        rows = conn.execute(
            "select testimonies.accession, testimonies.title, catalogue.passages, summary is not null, "
            "(select count(*) from recordings where testimony = testimonies.id), "
            "(select count(*) from recordings where testimony = testimonies.id and media_type glob 'video/*'), "
            "transcripts.sha256 from testimonies join catalogue using (id) "
            "left join transcripts on transcripts.id = testimonies.transcript order by testimonies.id"
        ).fetchall()
        contents = {
            accession: {
                "passages": passages,
                "summary": bool(summary),
                "sound": bool(sound),
                "picture": bool(picture),
                "transcript": digest,
            }
            for accession, _, passages, summary, sound, picture, digest in rows
        }
        return contents, {row[0]: row[1] for row in rows}
