"""The pages of terms and narrators: what the archive's own passages say of each."""

from __future__ import annotations

import re
from pathlib import Path

from archive.folder import Archive
from archive.store.vocabularies import sync_vocabulary
from archive.vocabularies import read_vocabularies
from tests.web.builders import an_archive
from tests.web.served import page


def test_a_place_shows_what_lies_in_it_and_counts_its_passages_too(archive: Archive) -> None:
    html = page(archive, "/places/scotland")
    assert 'href="/places/glasgow"' in html
    assert re.search(r'href="/search\?place=scotland">1 passage<', html)
    assert "We lived in Glasgow then." in html


def test_a_term_names_its_broader_terms_and_its_other_names(archive: Archive) -> None:
    assert 'href="/places/scotland"' in page(archive, "/places/glasgow")
    assert re.search(r'<dd lang="it" dir="auto">Torino</dd>', page(archive, "/places/turin"))


def test_a_telling_passage_can_be_heard_at_its_second(archive: Archive) -> None:
    html = page(archive, "/themes/strike")
    assert "That was the Strike." in html
    assert re.search(r'data-play="/media/[0-9a-f]{64}\.wav" data-start="9"', html)


def test_what_is_spoken_of_together_is_counted_and_leads_to_its_passages(archive: Archive) -> None:
    html = page(archive, "/places/turin")
    assert re.search(r'href="/search\?place=turin&amp;theme=\w+"', html)


def test_a_term_that_nobody_speaks_of_says_so(archive: Archive) -> None:
    assert "No passage speaks of it yet." in page(archive, "/movements/tenants-movement")


def test_an_unknown_term_is_told_what_there_is(archive: Archive) -> None:
    html = page(archive, "/places/glasgo", 404)
    assert "There is: glasgow" in html
    page(archive, "/themes/%00", 404)
    page(archive, "/narrators/999999", 404)
    page(archive, "/narrators/x", 404)
    page(archive, "/narrators?page=400", 404)


def test_a_term_that_left_the_vocabulary_is_gone(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    path = archive.vocabularies / "movements.yml"
    path.write_text("vocabulary: movement\nterms:\n  - id: other\n    labels: {en: Other}\n", encoding="utf-8")
    with archive.write() as db:
        for vocabulary in read_vocabularies(archive.vocabularies):
            sync_vocabulary(db, vocabulary)
    assert "has left the archive’s vocabulary" in page(archive, "/movements/tenants-movement", 410)


def test_a_narrator_has_a_page_under_the_name_they_chose(archive: Archive) -> None:
    listed = page(archive, "/narrators")
    number = re.search(r'href="/narrators/(\d+)" dir="auto">Mary<', listed)
    assert number, listed
    html = page(archive, f"/narrators/{number[1]}")
    assert "A bell rang" in html or "We lived in Glasgow then." in html
    assert 'href="/testimonies/2026.001"' in html
