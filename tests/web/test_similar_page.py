"""Who else tells of this: the page says why, where it looked, and never that this is all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive import embeddings
from archive.folder import Archive
from archive.records import Description
from tests.builders import a_testimony
from tests.web import served
from tests.web.builders import STAIRS, an_archive
from tests.web.served import tell

LIKE = f"/passages/{STAIRS}/1/similar"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("similar-page"))
    tell(
        archive,
        Description(title="Rent day", language="en"),
        "Every spring the Rent <b>went</b> up again.",
        "No bell here.",
    )
    return archive


def page(archive: Archive, path: str, status: int = 200) -> str:
    return re.sub(r"\s+", " ", served.page(archive, path, status))


def test_a_passage_like_it_stands_with_the_reasons(archive: Archive) -> None:
    html = page(archive, LIKE)
    assert "<mark>spring</mark>" in html
    assert "Both say: <bdi>spring, the, Rent, went, up</bdi>" in html
    assert '<a class="term" href="/search?theme=rent">' in html
    assert f'href="/testimonies/{STAIRS}?t=3.2#t=3.2"' in html


def test_it_says_where_it_looked_and_not_that_this_is_all(archive: Archive) -> None:
    html = page(archive, LIKE)
    assert re.search(r"Looked at \d+ passages of 2 testimonies that share rare words or terms with this one\.", html)
    assert "There may be others" in html


def test_text_of_a_testimony_stays_text(archive: Archive) -> None:
    assert "&lt;b&gt;<mark>went</mark>&lt;/b&gt;" in page(archive, LIKE)


def test_its_own_testimony_is_left_out_until_it_is_asked_for(archive: Archive) -> None:
    alike = page(archive, LIKE).partition('class="quotations"')[2]
    assert "The stairs in Govan" not in alike
    assert f'href="{LIKE}?within=1"' in page(archive, LIKE)
    assert "The stairs in Govan" in page(archive, f"{LIKE}?within=1").partition('class="quotations"')[2]


def test_without_an_index_of_meaning_none_is_offered(archive: Archive) -> None:
    assert "by meaning" not in page(archive, LIKE)
    assert "This archive has no index of meaning" in page(archive, f"{LIKE}?by=meaning", 404)


def test_with_an_index_of_meaning_the_page_says_model_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("model2vec", "apsw", "sqlite_vec"):
        pytest.importorskip(package, reason="pip install '.[embeddings]'")
    from tests.ingest.test_embedding import MEANINGS, a_model, index

    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        a_testimony(db, "rent strike", "bell", title="By meaning", digest="8")
    index(archive, a_model(tmp_path / "tiny", MEANINGS))
    assert f'href="{LIKE}?by=meaning"' in page(archive, LIKE)
    html = page(archive, f"{LIKE}?by=meaning")
    assert re.search(r"Compared with \d+ passages of \d testimonies by meaning, as the model “tiny” has it\.", html)
    assert "By meaning" in html
    assert "This passage is not in the index of meaning" in page(archive, f"/passages/{STAIRS}/0/similar?by=meaning")
    monkeypatch.setattr(embeddings, "find_spec", lambda name: None)
    assert "lacks what reads it" in page(archive, f"{LIKE}?by=meaning", 404)
    assert "by meaning" not in page(archive, LIKE)


@pytest.mark.parametrize(
    "path", [f"/passages/{STAIRS}/99/similar", "/passages/x/0/similar", f"/passages/{STAIRS}/{'9' * 30}/similar"]
)
def test_a_passage_that_is_not_there_gets_a_page_that_says_so(archive: Archive, path: str) -> None:
    assert "There is no passage" in page(archive, path, 404)


@pytest.mark.parametrize(
    "path", ["/passages/%00/0/similar", "/passages/2026.001/-1/similar", "/passages/2026.001/x/similar"]
)
def test_a_strange_address_is_no_fault(archive: Archive, path: str) -> None:
    page(archive, path, 404)
