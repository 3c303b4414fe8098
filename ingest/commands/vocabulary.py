"""`conricerca vocabulary`: the archive's own words for places, movements and themes."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from archive.folder import open_archive
from archive.printable import printable
from archive.records import VocabularyName


@click.group()
def vocabulary() -> None:
    """The archive's own words for places, movements and themes."""


@vocabulary.command("list")
@click.argument("name", type=click.Choice([name.value for name in VocabularyName]), required=False)
@click.pass_obj
def list_vocabulary(folder: Path, name: str | None) -> None:
    """List the terms, with the number of passages that speak of each."""
    from archive.terms import list_terms

    with closing(open_archive(folder).read()) as db:
        rows = list_terms(db.conn, VocabularyName(name) if name else None)
    for kind, slug, preferred, count in rows:
        click.echo(printable(f"{kind:9} {count:7}  {preferred}  ({slug})"))


@vocabulary.command("check")
@click.pass_obj
def check_vocabularies(folder: Path) -> None:
    """Check the vocabulary files: mistakes, and words that two terms claim."""
    from archive.vocabularies import read_vocabularies, warnings

    for found in read_vocabularies(open_archive(folder).vocabularies):
        click.echo(printable(f"{found.name}: {len(found.terms)} terms"))
        for warning in warnings(found):
            click.echo(printable(f"  {warning}"))


@vocabulary.command("gazetteer")
@click.argument("name")
@click.option("--add", type=int, metavar="N", help="Add the Nth proposal to places.yml.")
@click.pass_obj
def gazetteer(folder: Path, name: str, add: int | None) -> None:
    """Propose places called NAME, with coordinates from GeoNames (CC BY 4.0)."""
    from archive.gazetteer import ATTRIBUTION, candidate_to_term, choose_proposal, open_gazetteer, propose
    from archive.listing import proposal_lines
    from archive.vocabulary_edits import write_term
    from ingest.reporting import progress_of

    with open_gazetteer(progress=progress_of("Loading GeoNames, once", sys.stderr)) as places:
        found = propose(places, name)
    if add is None:
        for line in proposal_lines(found):
            click.echo(printable(line))
        click.echo(f"Data: {ATTRIBUTION}. Add one with --add N.", err=True)
        return
    term = candidate_to_term(choose_proposal(found, add))
    write_term(open_archive(folder).vocabularies / "places.yml", term)
    click.echo(
        printable(f"{term.preferred} ({term.slug}) is in places.yml; 'conricerca tag' finds it in the testimonies")
    )
