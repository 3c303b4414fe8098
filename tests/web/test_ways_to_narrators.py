"""Narrators can be reached from what they say, and what is known of a testimony leads on."""

from __future__ import annotations

import pytest

from archive.folder import Archive
from archive.records import Description
from archive.web.notes import note_language
from archive.web.wording import listed_links
from tests.builders import an_archive
from tests.web.served import page, tell

STARTER = "Collecting signatures, letters or delegations to those in power."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Two testimonies of one narrator, one of them together with another."""
    vocabularies = {
        "themes": f"vocabulary: theme\nterms:\n  - id: rent\n    labels: {{en: Rent}}\n    scope_note: {STARTER}\n"
        "  - id: strike\n    labels: {en: Strike}\n    scope_note: Quando si smette.\n"
    }
    archive = an_archive(tmp_path_factory.mktemp("archive"), vocabularies=vocabularies)
    told = Description(
        title="A talk", language="en", narrators=("Mary", "<b>"), place="Torino", collection="Talks & co"
    )
    tell(archive, told, "Glasgow and the Rent, a Strike.")
    tell(archive, Description(title="Alone", language="en", narrators=("Mary",)), "The Rent.")
    return archive


def test_a_testimony_leads_to_its_narrators_its_place_and_its_like(archive: Archive) -> None:
    text = page(archive, "/testimonies/2026.001")
    assert '<a href="/narrators/1"><bdi>Mary</bdi></a> and <a href="/narrators/2"><bdi>&lt;b&gt;</bdi></a>' in text
    assert '<a href="/places/turin"><bdi>Torino</bdi></a>' in text
    assert 'href="/search?group=testimony&amp;collection=Talks%20%26%20co"' in text
    assert 'href="/search?group=testimony&amp;language=en"' in text


@pytest.mark.parametrize("path", ["/search?q=rent", "/search?group=testimony", "/themes/rent", "/", "/testimonies"])
def test_results_and_lists_lead_to_narrators(archive: Archive, path: str) -> None:
    assert '<a href="/narrators/1"><bdi>Mary</bdi></a>' in page(archive, path)


def test_every_narrator_that_a_page_leads_to_has_a_page(archive: Archive) -> None:
    assert page(archive, "/narrators/1")
    assert page(archive, "/narrators/2")


def test_names_are_escaped_and_those_without_a_page_stand_plain() -> None:
    assert str(listed_links(["<i>", "Jean"], ["/narrators/1"])) == (
        '<a href="/narrators/1"><bdi>&lt;i&gt;</bdi></a> and <bdi>Jean</bdi>'
    )


def test_a_note_says_its_language_where_that_is_known(archive: Archive) -> None:
    assert f'lang="en" dir="auto">{STARTER}' in page(archive, "/themes/rent")
    assert 'lang="" dir="auto">Quando si smette.' in page(archive, "/themes/strike")
    assert note_language(None) == note_language("Quando si smette.") == ""
