"""What Datasette's templates are found to lack is still lacking there, and is put right when they are read."""

from __future__ import annotations

from pathlib import Path

import datasette as package
import pytest

from archive.folder import Archive
from archive.web.amended_templates import AMENDMENTS, amended
from tests.web.served import page

TEMPLATES = Path(package.__file__).parent / "templates"


@pytest.mark.parametrize("name", AMENDMENTS)
def test_what_is_put_right_still_stands_in_the_template(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    for said, instead in AMENDMENTS[name]:
        assert said in source, f"{name} of this Datasette has no {said!r}: take the amendment out or renew it"
        assert instead in amended(name, source)


def test_a_table_says_its_language_and_names_its_fields(archive: Archive) -> None:
    text = page(archive, "/archive/catalogue")
    assert '<html lang="en">' in text
    assert 'role="main"' in text
    assert text.count('aria-label="Comparison"') == text.count('name="_filter_op')
