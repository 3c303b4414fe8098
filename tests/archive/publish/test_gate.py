"""Each unsafe way of making a public file, done on purpose, keeps the gate closed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.folder import Archive
from archive.publish.edition import write_edition
from archive.publish.gate.crawl import crawl_faults
from archive.publish.gate.denylist import Denied, word_faults
from archive.publish.gate.interference import Second, SecondWriting, write_disturbed
from archive.publish.gate.names import name_faults
from archive.publish.gate.recheck import consent_faults
from archive.publish.gate.structure import structure_faults
from archive.publish.selection import select
from archive.publish.site import write_metadata, write_settings
from archive.publish.source import Source
from archive.web.settings import datasette_for_edition
from tests.archive.publish.editions import CANARY, DAY, a_publishable_archive, an_edition, copied, opened


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_publishable_archive(tmp_path_factory.mktemp("gate") / "archive", testimonies=16)


@pytest.fixture(scope="module")
def sound(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an edition in which nothing is wrong."""
    site = tmp_path_factory.mktemp("sound")
    an_edition(archive, site / "public.db")
    write_metadata(archive, site)
    write_settings(site)
    return site


@pytest.fixture
def site(sound: Path, tmp_path: Path) -> Path:
    """The same, to plant a fault in."""
    return Path(shutil.copytree(sound, tmp_path / "site"))


def faults(site: Path, *words: str) -> list[str]:
    denied = Denied(words or (CANARY,))
    return [*structure_faults(site / "public.db"), *word_faults(site, site / "public.db", denied)]


def test_a_sound_edition_passes(archive: Archive, sound: Path) -> None:
    assert faults(sound) == []
    assert list(crawl_faults(datasette_for_edition(sound), sound / "public.db", Denied([CANARY]), pages=120)) == []
    with closing(archive.read()) as db, opened(sound / "public.db") as edition:
        assert list(consent_faults(db.conn, edition, DAY)) == []


def _delete_and_vacuum(archive: Archive, target: Path, *, vacuum: bool = True, secure: str = "off") -> None:
    """What many do: copy the archive's file, delete what must not be seen, tidy up."""
    with closing(archive.read()) as db, closing(sqlite3.connect(target)) as copy:
        db.conn.backup(copy)
        copy.isolation_level = None
        copy.execute(f"pragma secure_delete = {secure}").fetchall()
        for (trigger,) in copy.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            copy.execute(f"drop trigger {trigger}")
        withheld = "(select id from testimonies where title glob 'zqx*')"
        copy.execute(f"delete from passages where testimony in {withheld}")
        copy.execute(f"delete from catalogue where id in {withheld}")
        copy.execute("drop table consents")
        copy.execute("drop view counted_tags")
        if vacuum:
            copy.execute("vacuum")


def _vacuum_into(archive: Archive, target: Path) -> None:
    copy = target.with_name("copy.db")
    _delete_and_vacuum(archive, copy, vacuum=False)
    with closing(sqlite3.connect(copy, isolation_level=None)) as conn:
        conn.execute("vacuum into ?", [str(target)])


def _backup(archive: Archive, target: Path) -> None:
    with closing(archive.read()) as db, closing(sqlite3.connect(target)) as copy:
        db.conn.backup(copy)


def _copied_with_its_log(archive: Archive, target: Path) -> None:
    """The file as it lies there, with what was written beside it."""
    with closing(archive.read()) as db, closing(sqlite3.connect(target)) as copy:
        db.conn.backup(copy)
        copy.execute("pragma journal_mode = wal").fetchall()
    Path(f"{target}-wal").write_bytes(f"... {CANARY} ...".encode())


UNSAFE: dict[str, Callable[[Archive, Path], None]] = {
    "delete": lambda archive, target: _delete_and_vacuum(archive, target, vacuum=False),
    "delete securely": lambda archive, target: _delete_and_vacuum(archive, target, vacuum=False, secure="on"),
    "delete and vacuum": _delete_and_vacuum,
    "vacuum into": _vacuum_into,
    "backup": _backup,
    "copied log": _copied_with_its_log,
}


@pytest.mark.parametrize("way", UNSAFE)
def test_copying_and_deleting_does_not_pass(archive: Archive, site: Path, way: str) -> None:
    (site / "public.db").unlink()
    UNSAFE[way](archive, site / "public.db")
    assert list(structure_faults(site / "public.db"))
    assert list(word_faults(site, site / "public.db", Denied([CANARY])))


PLANTED = {
    "another column": ("alter table testimonies add column remark text", "testimonies is not made as it is published"),
    "another table": ("create table _counts (name text)", "_counts is nothing that is published"),
    "a column that is empty": ("update transcripts set remark = 'from Ana''s phone'", "transcripts.remark says"),
    "a fixed column": ("update transcripts set made_at = '2026-11-22'", "transcripts.made_at says"),
    "a gap": ("update testimonies set id = 99 where id = 2", "the numbers of testimonies have gaps"),
    "a trigger": ("create trigger t after insert on terms begin select 1; end", "t is nothing that is published"),
    "a view": ("create view all_of_it as select * from segments", "all_of_it is nothing that is published"),
    "an index on what is searched": (
        "insert into passages_fts (rowid, text) values (1, 'zqxcanary')", "what is searched is not what is published",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_what_does_not_belong_there_is_found(site: Path, fault: str) -> None:
    command, expected = PLANTED[fault]
    with opened(site / "public.db") as conn:
        conn.execute(command)
    assert any(expected in found for found in structure_faults(site / "public.db"))


def test_deleted_pages_are_found(site: Path) -> None:
    with opened(site / "public.db") as conn:
        conn.execute("create table big as select hex(randomblob(100000)) as words")
        conn.execute("drop table big")
    assert any("free pages" in found for found in structure_faults(site / "public.db"))


SAID = {
    "a value": "update terms set scope_note = 'ask Zqxcanary of Via Roma'",
    "capitals and accents": "update terms set scope_note = 'ask ZQXÇÀNÁRY'",
    "a key of JSON": """update passages set places = '{"zqxcanary": 1}' where id = 1""",
    "a label": "update variants set text = 'zqxcanary' where rowid in (select rowid from variants limit 1)",
    "a number in words": "update terms set scope_note = 'call 0141 / 555-01 23'",
}


@pytest.mark.parametrize("where", SAID)
def test_a_denied_word_is_found_wherever_it_is_said(site: Path, where: str) -> None:
    with opened(site / "public.db") as conn:
        if where == "a label":
            conn.execute("update variants set text = 'zqxcanary' where text = 'Glasgow'")
        else:
            conn.execute(SAID[where])
    assert any("says what is denied" in found for found in faults(site, CANARY, "0141 5550123"))


def test_a_denied_word_in_a_file_or_its_name_is_found(site: Path) -> None:
    (site / "media").mkdir()
    (site / "media" / "ab.m4a").write_bytes(b"\x00ID3 " + CANARY.encode() + b"\x00")
    (site / "media" / "cd.m4a").write_bytes(b"\x00" + CANARY.encode("utf-16-le"))
    (site / "media" / f"{CANARY}.m4a").write_bytes(b"")
    found = faults(site)
    assert [one.partition(" says")[0] for one in found] == [
        "media/ab.m4a", "media/cd.m4a", f"the name media/{CANARY}.m4a",
    ]  # fmt: skip


def test_a_report_does_not_say_the_word_itself(site: Path) -> None:
    (site / "ab.m4a").write_bytes(CANARY.encode())
    assert CANARY not in "".join(faults(site))


def test_a_word_inside_another_is_none(site: Path) -> None:
    with opened(site / "public.db") as conn:
        conn.execute("update terms set scope_note = 'Rosalind, Rosa-like, Rosa'")
    assert faults(site, "Rosali") == []
    assert faults(site, "Rosalind")


def test_the_number_of_a_testimony_is_no_part_of_a_longer_one(site: Path) -> None:
    with opened(site / "public.db") as conn:
        conn.execute("update terms set scope_note = 'see 2026.1001'")
    assert faults(site, "2026.100") == []
    assert faults(site, "2026.1001")


def test_what_only_a_page_says_is_found(site: Path) -> None:
    """Words that stand in no value: the site's own settings, or a page that was kept."""
    said = json.loads((site / "settings.json").read_text())
    (site / "metadata.yml").write_text(f"title: The archive of {CANARY}\n")
    found = list(crawl_faults(datasette_for_edition(site), site / "public.db", Denied([CANARY]), pages=120))
    assert any(fault.startswith("/ says what is denied") for fault in found)
    assert said


def test_consent_is_asked_again_row_by_row(archive: Archive, sound: Path, tmp_path: Path) -> None:
    withheld = copied(archive, tmp_path / "withheld")
    with withheld.write() as db:
        db.execute("drop trigger consents_are_never_deleted")
        db.execute("delete from consents")
    with closing(withheld.read()) as db, opened(sound / "public.db") as edition:
        found = list(consent_faults(db.conn, edition, DAY))
    assert any("2026.001 has an entry" in fault for fault in found)
    assert any("2026.001 has a summary" in fault for fault in found)
    assert any("2026.002 has 3 passages, and only 0" in fault for fault in found)
    assert any("2026.005 names somebody" in fault for fault in found)


def test_words_that_are_not_the_archives_are_found(archive: Archive, site: Path) -> None:
    with opened(site / "public.db") as edition:
        edition.execute("update passages set text = 'Other words.' where id = 1")
        with closing(archive.read()) as db:
            [found] = consent_faults(db.conn, edition, DAY)
    assert found == "2026.001 has words in passage 1 that are not the archive's"


def test_the_name_of_whoever_is_called_by_their_role_is_found_in_title_and_words(archive: Archive, site: Path) -> None:
    with opened(site / "public.db") as edition, closing(archive.read()) as db:
        assert list(name_faults(db.conn, edition)) == []
        edition.execute("update testimonies set title = 'Talking with ANA 0' where id = 1")
        edition.execute("update passages set text = 'Ána 0 rang the bell.' where id = 2")
        title, words = name_faults(db.conn, edition)
    assert (
        title == "2026.001: its title says 'Ana 0', who tells there and is not to be named: say it otherwise: "
        "'conricerca describe 2026.001 --title …'"
    )
    assert words.startswith("2026.001: passage 2 says 'Ana 0'")
    assert "conricerca redact everywhere 'Ana 0'" in words


DESCRIBED = {
    "a word that is cut": (
        f"update testimonies set summary = 'With {CANARY}' where accession = '2026.008'",
        "is cut from the transcript",
    ),
    "who asks": (f"update testimonies set collection = 'By {CANARY} asks' where id = 1", "who asks there"),
    "who withdrew elsewhere": (f"update testimonies set label = 'For {CANARY} 3' where id = 2", "not to be named"),
    "a note": (
        f"insert into content_notes (testimony, kind, text, actor, at) values (2, 'note', 'as {CANARY} 3', '', '')",
        "a note on it says",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DESCRIBED)
def test_descriptions_and_notes_say_nothing_that_is_cut_or_hidden(archive: Archive, site: Path, what: str) -> None:
    command, expected = DESCRIBED[what]
    with opened(site / "public.db") as edition, closing(archive.read()) as db:
        edition.execute(command)
        faults = list(name_faults(db.conn, edition))
    assert [expected in fault for fault in faults] == [True]


LEAKING = {
    "the archive's own numbers": ("select id from testimonies", "how many are withheld"),
    "the version of a vocabulary": ("select version from vocabularies", "what is withheld is in it"),
    "every term": ("select preferred from terms", "a place that only a withheld testimony names"),
    "all names": ("select name from narrators", "somebody who is not to be named"),
    "a summary that is not agreed to": ("select summary from testimonies", "what only the archive says"),
    "a place that is not granted": ("select place from testimonies where accession = '2026.008'", "where it was"),
    "words of somebody who does not agree": ("select text from passages", "they stand beside those of others"),
    "words that are cut": ("select text from passages where text glob 'My sister*'", "what stands inside a cut"),
    "what was cut": ("select words from redactions", "the list of all secrets"),
    "notes on consent": ("select detail from consents", "what was said when somebody decided"),
    "who recorded it": ("select actor from consents", "who of the group did it"),
    "file names": ("select filename from documents", "what a file was called"),
}


@pytest.mark.parametrize("what", LEAKING)
def test_an_edition_that_depends_on_what_is_withheld_is_found(archive: Archive, tmp_path: Path, what: str) -> None:
    """A publisher that writes one value too much gives itself away, because the value differs in the second writing."""
    query, _ = LEAKING[what]

    def written(target: Path, *, disturbed: bool) -> bytes:
        second = Second(archive=archive.path, database=target, on=DAY, sounds={}, tombstones=())
        if disturbed:
            write_disturbed(second)
        else:
            an_edition(archive, target)
        with closing(archive.read()) as db:
            if disturbed:
                from archive.publish.gate.disturbance import disturb

                db.conn.execute("begin")
                disturb(db.conn, select(db.conn, DAY))
            leaked = repr(db.conn.execute(query).fetchall())
        with opened(target) as conn:
            conn.execute("update testimonies set title = ? where id = 1", [leaked])
        return target.read_bytes()

    assert written(tmp_path / "a.db", disturbed=False) != written(tmp_path / "b.db", disturbed=True)


def test_two_writings_that_differ_are_a_fault(archive: Archive, tmp_path: Path) -> None:
    second = SecondWriting(Second(archive=archive.path, database=tmp_path / "b.db", on=DAY, sounds={}, tombstones=()))
    with closing(archive.read()) as db:
        source = Source.of(db.conn)
        write_edition(tmp_path / "a.db", source, map(source.read, select(db.conn, DAY).testimonies), {}, ["2026.999"])
    assert any("depends on what is withheld" in fault for fault in second.faults(tmp_path / "a.db"))
    second.end()
    assert not (tmp_path / "b.db").exists()
