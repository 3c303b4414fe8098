"""Under Datasette's own addresses the private archive shows tables that hold only what may be read, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from archive.consent import Event, Happening
from archive.declaring import declare
from archive.folder import Archive
from archive.records import Description, Kind
from archive.store.browsing import refresh_counts
from archive.web import closed_tables
from archive.web.closed_tables import OPEN
from tests.builders import a_testimony, rows
from tests.web.builders import a_recorded, an_archive
from tests.web.served import ask, awaited, close, served, tag

DAY = date(2026, 11, 22)
CANARY = "zugzwang"
KEY = b"a-key-of-32-bytes-that-nobody-has"[:32]
SPELLED = (CANARY, KEY.decode(), KEY.hex())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The usual four testimonies, and two that are withdrawn, with the canary wherever words can stand."""
    archive = an_archive(tmp_path_factory.mktemp("closed"))
    with archive.write() as db:
        said = Description(
            title=f"A {CANARY} title", narrators=(f"{CANARY} Ana",), interviewers=(f"{CANARY} Eva",), summary=CANARY,
            language="en", place=CANARY, collection=CANARY, label=CANARY, sources=(CANARY,), kind=Kind.INTERVIEW,
            consent=CANARY, recorded_on="1984-05-03",
        )  # fmt: skip
        a_recorded(archive, db, said, tone=7)
        a_testimony(db, f"They called it {CANARY} in Glasgow.", digest="8", description=said)
        tag(db)
        for number in ("2026.005", "2026.006"):
            withdrawn = Event(happening=Happening.WITHDRAWN, on=DAY)
            declare(db, number, withdrawn, note=f"{CANARY} said so", today=DAY)
        refresh_counts(db)
        for statement in PLANTED:
            db.execute(statement, {"canary": CANARY, "key": KEY} if ":key" in statement else {"canary": CANARY})
    return archive


PLANTED = (
    "update recordings set filename = :canary || '.wav', remark = :canary where testimony = 5",
    "update documents set filename = :canary || '.txt', remark = :canary where testimony = 6",
    "update narrators set note = :canary where name like :canary || '%'",
    "update tags set tagger = :canary where testimony = 6",
    "insert into tellers select id, :canary from narrators where name like :canary || '%'",
    'insert into redactions (testimony, start, "end", words, reason, source, state, proposed_by, proposed_at) '
    "values (6, 0, 1, :canary, :canary, 'vault', 'proposed', :canary, '2026-11-22')",
    "insert into generalisations values (6, 'place', :canary, :canary, :canary, '2026-11-22')",
    "insert into accepted_risks select id, :canary, :canary, :canary from narrators where name like :canary || '%'",
    "insert into content_notes (testimony, kind, text, actor, at) values (6, 'note', :canary, :canary, '2026-11-22')",
    "insert into publications (built_at, sha256, contents) values (:canary, :canary, '{}')",
    "insert into histories (slug, title, status, sha256) values (:canary, :canary, 'draft', :canary)",
    "insert into events (at, actor, action, testimony, detail) values (:canary, :canary, :canary, 6, :canary)",
    "update publication_key set key = :key",
)  # what else the archive may know of a testimony


@pytest.fixture(scope="module")
def names(archive: Archive) -> list[str]:
    """Every table and view there is, also those that SQLite keeps for itself."""
    found = rows(archive, "select name from sqlite_master where type in ('table', 'view') order by name")
    return [*(str(name) for (name,) in found), "sqlite_master", "sqlite_schema"]


def addresses(archive: Archive, table: str) -> Iterator[str]:
    """Every way in which Datasette shows a table: as page, JSON and CSV, with labels and facets, and row by row."""
    columns = [str(name) for (name,) in rows(archive, "select name from pragma_table_info(?)", [table])]
    facets = urlencode([("_facet", column) for column in columns])
    for suffix in ("", ".json", ".csv"):
        yield f"/archive/{table}{suffix}?_labels=on&_size=100&{facets}"
        yield f"/archive/{table}{suffix}?_search=Glasgow&_fts_table=passages_fts&_fts_pk=rowid"
    for suffix in ("", ".json"):
        for number in (1, 6):
            yield f"/archive/{table}/{number}{suffix}?_labels=on&_extras=foreign_key_tables"


def leaks(archive: Archive, datasette: Any, names: list[str]) -> list[str]:
    """The addresses whose answers hold the canary or the key of publications."""
    asked = [address for table in names for address in addresses(archive, table)]

    async def answers() -> list[str]:
        return [(await datasette.client.get(address)).text for address in asked]

    said = zip(asked, awaited(answers()), strict=True)
    return [address for address, text in said if any(word in text for word in SPELLED)]


def test_the_canary_is_in_nearly_every_closed_table(archive: Archive, names: list[str]) -> None:
    held = set()
    for table in set(names) - {"sqlite_schema", "sqlite_master"}:
        for row in rows(archive, f'select * from "{table}"'):
            if any(CANARY in str(value) or value == KEY for value in row):
                held.add(table)
    assert held >= {
        "testimonies", "narrators", "segments", "consents", "documents", "recordings", "redactions", "tags",
        "counted_tags", "tellers", "events", "histories", "publications", "generalisations", "accepted_risks",
        "content_notes", "publication_key", "facet_values",
    }  # fmt: skip
    assert not held & OPEN


def test_no_table_shows_anything_of_what_is_withdrawn(archive: Archive, datasette: Any, names: list[str]) -> None:
    assert leaks(archive, datasette, names) == []


def test_a_table_that_is_opened_by_mistake_is_noticed(
    archive: Archive, datasette: Any, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_tables, "OPEN", OPEN | {"testimonies", "narrators"})
    found = leaks(archive, datasette, ["testimonies", "passages", "publication_key"])
    assert found
    assert all(address.startswith("/archive/testimonies") for address in found)


def test_every_table_that_is_not_named_as_open_is_closed(datasette: Any, names: list[str]) -> None:
    answers = {name: ask(datasette, f"/archive/{name}.json").status_code for name in names}
    assert {name for name, status in answers.items() if status == 200} == OPEN
    assert {status for name, status in answers.items() if name not in OPEN} == {403, 404}
    assert [name for name, status in answers.items() if status == 404] == ["sqlite_master", "sqlite_schema"]
    for name in ("SEGMENTS", "Publication_Key", "main.segments", "segments~20", "sqlite_sequence"):
        assert ask(datasette, f"/archive/{name}.json").status_code in (403, 404), name


def test_what_is_closed_says_so_in_the_readers_language(datasette: Any) -> None:
    answer = ask(datasette, "/archive/segments", headers={"accept-language": "it"})
    assert answer.status_code == 403
    assert "È chiuso" in answer.text


def test_a_new_table_begins_as_closed(archive: Archive, tmp_path: Path) -> None:
    shutil.copytree(archive.path, tmp_path / "copy")
    copy = Archive(tmp_path / "copy")
    with copy.write() as db:
        db.execute("create table letters (id integer primary key, words text)")
        db.execute("create view told as select * from segments")
    with served(copy) as datasette:
        assert [ask(datasette, f"/archive/{name}.json").status_code for name in ("letters", "told")] == [403, 403]


def test_the_list_of_tables_names_none_that_is_closed(datasette: Any) -> None:
    listed = ask(datasette, "/archive.json").json()
    assert {table["name"] for table in listed["tables"]} == OPEN
    assert listed["views"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/archive.db",
        "/archive?sql=select+key+from+publication_key", "/archive.json?sql=select+*+from+segments",
        "/archive/passages.json?_where=1", "/archive/catalogue.csv?_stream=1&_labels=on", "/-/metadata", "/-/databases",
        '/archive/passages.json?_through={"table":"segments","column":"text","value":"x"}', "/_internal/tables.json",
        "/archive/passages.json?_search_text=Glasgow&_fts_table=passages_fts", "/archive/passages?_facet_array=places",
    ],
)  # fmt: skip
def test_no_other_way_leads_to_them(datasette: Any, path: str) -> None:
    text = ask(datasette, path).text
    assert not any(word in text for word in SPELLED)
    assert "SQLite format" not in text


def test_no_number_of_rows_says_how_much_is_withheld(archive: Archive, datasette: Any) -> None:
    [(glasgow,)] = rows(archive, "select id from terms where slug = 'glasgow'")
    told = ask(datasette, f"/archive/terms/{glasgow}.json?_extras=foreign_key_tables").json()["foreign_key_tables"]
    assert {one["other_table"] for one in told} <= OPEN
    [passages] = [one["count"] for one in told if one["other_table"] == "passage_places"]
    assert passages == 1


def test_rows_lead_to_the_catalogue_in_place_of_the_testimonies(datasette: Any) -> None:
    shown = ask(datasette, "/archive/passages?_size=1").text
    assert '<a href="/archive/catalogue/1">The stairs in Govan</a>' in shown
    assert '<a href="/narrators/1">1</a>' in shown
    assert "/archive/testimonies/" not in shown
    assert "/archive/segments/" not in shown


def test_a_metadata_file_that_opens_sql_opens_nothing_here(archive: Archive) -> None:
    with served(archive) as datasette:
        datasette._metadata_local["allow_sql"] = True
        datasette._metadata_local["databases"]["archive"]["allow"] = True
        datasette._metadata_local["databases"]["archive"]["queries"] = {"all": {"sql": "select * from segments"}}
        datasette._metadata_local["databases"]["archive"]["tables"]["segments"]["allow"] = True
        for path in ("/archive.json?sql=select+1", "/archive/all.json", "/archive/segments.json"):
            assert ask(datasette, path).status_code == 403, path
        assert ask(datasette, "/testimonies/2026.001").status_code == 200  # our pages ask the gate


def test_what_is_published_is_open_whole(archive: Archive, tmp_path: Path) -> None:
    from datasette.app import Datasette
    from sqlite_utils import Database

    public = tmp_path / "public.db"
    db = Database(public)
    db.executescript(
        "create table testimonies (id integer primary key, title text); create table consents (id integer primary key);"
        "create table edition (id integer); insert into edition values (1);"
        "insert into testimonies (title) values ('A title for all');"
    )
    db.close()
    datasette = Datasette([], immutables=[str(public)])
    try:
        assert "A title for all" in ask(datasette, "/public/testimonies.json").text
    finally:
        close(datasette)


def test_another_database_is_none_of_our_business(tmp_path: Path) -> None:
    from datasette.app import Datasette
    from sqlite_utils import Database

    other = Database(tmp_path / "other.db")
    other.table("dogs").insert({"name": "Cleo"})
    other.close()
    datasette = Datasette([str(tmp_path / "other.db")])
    try:
        assert "Cleo" in ask(datasette, "/other/dogs.json").text
        assert ask(datasette, "/other.json?sql=select+1").status_code == 200
    finally:
        close(datasette)


def test_our_pages_ask_for_no_permission_where_nobody_is_shut_out(datasette: Any) -> None:
    datasette._permission_checks.clear()
    assert ask(datasette, "/search?q=Glasgow").status_code == 200
    assert not datasette._permission_checks  # each would copy all of metadata.yml
    assert ask(datasette, "/archive/segments").status_code == 403
    assert datasette._permission_checks
