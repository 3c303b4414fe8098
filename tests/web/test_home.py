"""The front page, the list of testimonies and the vocabularies, as a reader without scripts gets them."""

from __future__ import annotations

from pathlib import Path

from archive.folder import Archive
from archive.web.layout import Site
from archive.web.wording import language_name, long_duration, passages, written_date
from tests import builders
from tests.web.builders import STAIRS
from tests.web.served import page, served


def test_the_front_page_says_what_the_archive_is_and_holds(archive: Archive) -> None:
    html = page(archive, "/")
    with served(archive) as datasette:
        site = Site(datasette)
        assert f'<h1 dir="auto">{site.title}</h1>' in html
        assert site.description in html
    assert "4 testimonies" in html
    assert "8 passages" in html
    assert "36 seconds of recordings" in html


def test_the_newest_testimony_stands_first(archive: Archive) -> None:
    html = page(archive, "/")
    assert html.index("Not heard yet") < html.index("Il corteo") < html.index("The stairs in Govan")


def test_terms_stand_with_their_counts_in_one_order(archive: Archive) -> None:
    html = page(archive, "/")
    assert html.index("place=glasgow") < html.index("theme=rent")
    columns = [html.index(f'class="column {name}"') for name in ("place", "movement", "theme")]
    assert columns == sorted(columns)
    assert '<rect width="100.0%"' in html


def test_an_empty_archive_says_what_to_do_next(tmp_path: Path) -> None:
    html = page(builders.an_archive(tmp_path / "empty"), "/")
    assert "Nothing has been brought in yet" in html
    assert "conricerca -C our-archive ingest" in html


def test_pages_carry_no_inline_script_or_style(archive: Archive) -> None:
    for path in ("/", "/search?q=rent", f"/testimonies/{STAIRS}", "/places", "/testimonies", "/nothing-here"):
        html = page(archive, path, 404 if "nothing" in path else 200)
        assert " style=" not in html
        assert "<style" not in html
        assert "<script>" not in html
        assert "onclick" not in html


def test_every_testimony_is_listed_once(archive: Archive) -> None:
    html = page(archive, "/testimonies")
    assert [html.count(f'href="/testimonies/2026.00{number}"') for number in range(1, 5)] == [1, 1, 1, 1]


def test_places_stand_under_what_they_lie_in(archive: Archive) -> None:
    html = page(archive, "/places")
    scotland = html.index(">Scotland<")
    assert scotland < html.index(">Glasgow<", scotland) < html.index(">Turin<")
    assert 'href="/places/glasgow"' in html
    assert 'href="/search?place=scotland">1 passage' in html  # the one of Glasgow
    assert "1 passage</a>, 1 testimony" in html


def test_a_missing_page_is_ours_and_leads_on(archive: Archive) -> None:
    html = page(archive, "/nothing-here", 404)
    assert "There is nothing at this address" in html
    assert 'class="masthead"' in html


def test_datasettes_tables_wear_our_masthead(archive: Archive) -> None:
    html = page(archive, "/archive/catalogue")
    assert 'class="masthead-row"' in html
    assert "datasette.css" in html


def test_numbers_dates_and_languages_are_plain_words() -> None:
    assert [passages(1), passages(12_000)] == ["1 passage", "12,000 passages"]
    assert [long_duration(s) for s in (0, 0.4, 59, 60, 3600, 11_520)] == [
        "0 minutes", "1 second", "59 seconds", "1 minute", "1 hour", "3 hours 12 minutes",
    ]  # fmt: skip
    assert [written_date(d) for d in ("1969-07-03", "1969-07", "1969", "about 1969", "1969-02-31", None)] == [
        "3 July 1969", "July 1969", "1969", "about 1969", "1969-02-31", "",
    ]  # fmt: skip
    assert [language_name(code) for code in ("it", "pt-BR", "tzo", "qqq", None)] == [
        "Italian", "Portuguese", "Tsotsil", "qqq", "",
    ]  # fmt: skip
