"""Cells of Datasette's tables: names, minutes and links, never markup that came with the data."""

from __future__ import annotations

from typing import Any

import pytest

from archive.folder import Archive
from tests.web.served import a_tagged_archive, ask


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("cells"))


def test_the_catalogue_leads_to_the_testimony_and_names_its_terms(datasette: Any) -> None:
    page = ask(datasette, "/archive/catalogue").text
    assert '<a href="/testimonies/2026.001">2026.001</a>' in page
    assert "[&#34;" not in page.split("<tbody>")[1]


def test_a_name_with_markup_is_shown_as_text() -> None:
    from archive.web.cells import shown

    assert shown('["<b>x</b>", "y"]', "narrators", "catalogue", None) == "<b>x</b> · y"  # a plain string: escaped later
    assert shown("no json", "places", "passages", None) is None
    assert shown(None, "places", "passages", None) is None


def test_seconds_are_shown_as_minutes_and_left_alone_elsewhere() -> None:
    from archive.web.cells import shown

    assert shown(754.2, "start", "passages", None) == "12:34"
    assert shown(754.2, "start", "segments", None) is None
