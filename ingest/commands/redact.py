"""What of `conricerca redact` needs to find names or to write sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.redact import redact
from archive.folder import Archive, open_archive
from archive.printable import printable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.redactions import Suggestion
    from ingest.names import NameFinder

__all__ = ["redact"]


@redact.command()
@click.argument("accessions", nargs=-1, metavar="[ACCESSION]...")
@click.option(
    "-i",
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="CONRICERCA_IDENTITY",
    help="The file with the vault's secret key: also look for its names and contacts.",
)
@click.option("--ner", metavar="NAME|PATH", help="A trained spaCy pipeline that finds people and places.")
@click.pass_obj
def propose(folder: Path, accessions: tuple[str, ...], identity: Path | None, ner: str | None) -> None:
    """Propose marks in these testimonies, or in all: telephones, addresses, handles, numbers of documents, names.

    Nothing finds everything: read each testimony as well. What is decided is not proposed again.
    """
    from archive.store.redactions import number_of
    from archive.store.redactions import propose as store
    from ingest.packages import check_packages

    archive, finder = open_archive(folder), None
    if ner is not None:
        check_packages()
        from ingest.names import NameFinder

        finder = NameFinder(ner)
    people = _people(archive, identity)
    total = 0
    with archive.write() as db:
        every = [one for (one,) in db.execute("select accession from testimonies order by accession").fetchall()]
        for accession in accessions or every:
            testimony = number_of(db, accession)
            number = store(db, testimony, _suggestions(db, testimony, people, finder))
            total += number
            if number:
                click.echo(f"{accession}: {number} proposed")
    click.echo(f"{total} new; 'conricerca redact list --state proposed' shows what waits", err=True)


@redact.command()
@click.argument("accession")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--tone", is_flag=True, help="A quiet tone where something is cut, instead of silence.")
@click.pass_obj
def preview(folder: Path, accession: str, target: Path, tone: bool) -> None:
    """Write the sound of a testimony, cut as it would be published, to FILE (.m4a). Hear each cut, then delete it."""
    from archive.redaction import cuts
    from archive.redactions import cut_spans, segment_edges
    from ingest.packages import check_packages
    from transcripts.timecode import format_timecode

    if target.suffix.lower() != ".m4a" or target.exists():
        raise click.UsageError(f"{target}: name a new file that ends with .m4a")
    check_packages()
    from ingest.listening_copies import encode

    archive = open_archive(folder)
    with closing(archive.read()) as db:
        recording, source, duration = _recording(archive, db, accession)
        silent = cuts(cut_spans(db.conn, recording), duration=duration, edges=segment_edges(db.conn, recording))
    encode(source, target, cuts=silent, video=False, tone=tone)
    target.chmod(0o600)
    for start, end in silent:
        click.echo(f"{format_timecode(start)} to {format_timecode(end)}  {end - start:.1f} s")
    click.echo(printable(f"{target}: {len(silent)} cuts; hear each one, then delete the file"), err=True)


def _people(archive: Archive, identity: Path | None) -> list[tuple[str, str | None]]:
    from archive.vault import open_vault

    if identity is None:
        return []
    return [(person.real_name, person.contact) for person in open_vault(archive.path, identity).people]


def _suggestions(
    db: Database, testimony: int, people: list[tuple[str, str | None]], finder: NameFinder | None
) -> Iterator[Suggestion]:
    from archive.redacting import suggest_again, suggest_by_rules, suggest_people
    from archive.redactions import State, read_passages, read_redactions

    _, passages = read_passages(db.conn, testimony)
    replaced = [
        one.words
        for one in read_redactions(db.conn, testimony=testimony, state=State.APPROVED)
        if one.replacement and one.words
    ]
    yield from suggest_people(passages, people)
    yield from suggest_by_rules(passages)
    yield from suggest_again(passages, replaced)
    if finder is not None:
        yield from finder.suggest(passages)


def _recording(archive: Archive, db: Database, accession: str) -> tuple[int, Path, float]:
    """Return a testimony's recording, which the team must be allowed to hear: its row, its file, its seconds."""
    from archive.consent import Artefact, Use
    from archive.consents import reader_may
    from archive.errors import ArchiveError, NoRecording

    allowed = reader_may(db.conn, accession, Use.LISTEN, Artefact.AUDIO)
    if not allowed:
        raise ArchiveError(f"{accession} may not be heard now: {allowed}")
    row = db.execute(
        "select recordings.id, sha256, suffix, duration from recordings join testimonies on testimonies.id = testimony "
        "where accession = ? order by recordings.id limit 1",
        [accession],
    ).fetchone()
    if row is None:
        raise NoRecording(accession)
    return int(row[0]), archive.original(row[1], row[2]), float(row[3])
