"""A word in every field that is withheld, looked for in every byte of the edition and in every answer of its site."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlite_utils import Database

from archive.consent import Attribution, Happening
from archive.content_notes import NoteKind
from archive.folder import Archive
from archive.media import keep_evidence, keep_original
from archive.publish.gate.crawl import _links
from archive.publish.site import DATABASE, public
from archive.records import Accession, Description, Original
from archive.store.browsing import refresh_counts
from archive.store.consents import record_consent
from archive.store.content_notes import add_note
from archive.store.redactions import Wish, mark
from archive.store.testimonies import store_accession
from tests.archive.publish.editions import agree, event
from tests.archive.publish.sites import on_the_site, published
from tests.builders import TODAY, an_archive
from tests.web.builders import words_of
from tests.web.served import listening, tag
from tests.web.test_public_site import OUR_PAGES, everywhere
from transcripts.model import Segment, Transcript

pytest.importorskip("av", reason="the extra ingest is not installed")

from tests.ingest.sounds import av
from tests.ingest.test_listening_copies import CANARY as NOTED
from tests.ingest.test_listening_copies import tagged

SPOKEN, HIDDEN = "2026.001", "2026.005"
SUFFIXES = (".wav", ".mp3", ".m4a", ".mov")  # of the recordings that are published; each has tags of its own kind
MOST = 400  # addresses that are asked for
NAMES = (  # of withheld fields; the word that stands in each begins with `zqx`
    "title", "text", "summary", "narrator", "narratornote", "described", "interviewer", "interviewernote", "place",
    "collection", "label", "source", "speaker", "cut", "cutreason", "cutby", "rolename", "rolenote", "stated",
    "consentnote", "evidence", "filename", "recordingremark", "documentname", "documentremark", "transcriptremark",
    "option", "modelpath", "tagger", "eventdetail", "noteactor", "hiddennote", "hiddenlabel", "term", "termlabel",
    "termnote", "variant",
    "stopphrase", "contact", "plugin", "tablewords", "history", "acceptedby",
)  # fmt: skip
PLACES = """
vocabulary: place
stop_list: {en: [zqxstopphrase road]}
terms:
  - id: turin
    labels: {en: Turin}
  - id: zqxterm
    labels: {en: Zqxtermlabel}
    variants: {en: [zqxvariant]}
    scope_note: zqxtermnote lives there
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Four recordings that are published, one testimony that is not, and a word in everything that is withheld."""
    folder = tmp_path_factory.mktemp("canaries")
    archive = an_archive(folder / "archive", vocabularies={"places": PLACES})
    _metadata(archive)
    with archive.write() as db:
        for suffix in SUFFIXES:
            _recorded(archive, db, tagged(folder / f"zqxfilename{suffix}"), suffix)
        _withheld(archive, db, folder)
        tag(db)
        _remarks(db)
        refresh_counts(db)
    called = dict.fromkeys(SUFFIXES, Attribution.NAME) | {".mp3": Attribution.ROLE}
    for number, suffix in enumerate(SUFFIXES, 1):
        agree(archive, f"2026.{number:03}", attribution=called[suffix])
    with archive.write() as db:
        _decided(archive, db, folder)
        mark(db, SPOKEN, "zqxcut", Wish(reason="zqxcutreason"))
        db.execute("update redactions set proposed_by = 'zqxcutby', decided_by = 'zqxcutby'")
    published(archive)
    return archive


def _metadata(archive: Archive) -> None:
    said = archive.metadata.read_text(encoding="utf-8")
    said = said.replace("    contact:\n", "    contact: zqxcontact street\n").replace("anonymity: 3", "anonymity: 1")
    said = said.replace("plugins:\n", "plugins:\n  datasette-other:\n    secret: zqxplugin\n", 1)
    archive.metadata.write_text(
        said.replace("      consents:\n", "      consents:\n        units: {note: zqxtablewords}\n"), encoding="utf-8"
    )


def _recorded(archive: Archive, db: Database, path: Path, suffix: str) -> None:
    """A recording with everything noted in it that its kind of file can note."""
    texts = ("We lived with zqxcut in Turin.",) if suffix == ".wav" else ("The Strike began in Turin.",)
    segments = tuple(
        Segment(text=text, start=0.0, end=0.9, words=words_of(text, 0.0, 0.9), speaker="zqxspeaker") for text in texts
    )
    kind = "video/quicktime" if suffix == ".mov" else f"audio/{suffix[1:]}"
    original = Original(
        path=path, sha256=keep_original(archive, path, suffix), bytes=path.stat().st_size, media_type=kind,
        suffix=suffix, filename=path.name, duration=1.0, remark="zqxrecordingremark",
    )  # fmt: skip
    who = "zqxrolename" if suffix == ".mp3" else f"Mary {suffix[1:]}"
    said = Description(
        title=f"Talk {suffix[1:]}", narrators=(who,), interviewers=("zqxinterviewer",), language="en", place="Turin",
        described_as=("docker",) if suffix == ".mp3" else (), consent="zqxstated on the phone",
    )  # fmt: skip
    store_accession(
        db,
        Accession(description=said, recording=original, transcript=Transcript(segments=segments, language="en")),
        on=TODAY,
    )


def _withheld(archive: Archive, db: Database, folder: Path) -> None:
    """A testimony of which nothing may be seen, and what it alone is about."""
    path = folder / "zqxdocumentname.txt"
    path.write_text("zqxtext hid us in Zqxtermlabel.")
    document = Original(
        path=path, sha256=keep_original(archive, path, ".txt"), bytes=path.stat().st_size, media_type="text/plain",
        suffix=".txt", filename=path.name, remark="zqxdocumentremark",
    )  # fmt: skip
    said = Description(
        title="zqxtitle", narrators=("zqxnarrator",), described_as=("zqxdescribed",), interviewers=("zqxinterviewer",),
        place="zqxplace", language="en", collection="zqxcollection", summary="zqxsummary", label="zqxlabel",
        sources=("zqxsource",), consent="zqxstated",
    )  # fmt: skip
    transcript = Transcript(segments=(Segment(text="zqxtext hid us in Zqxtermlabel."),), language="en")
    store_accession(db, Accession(description=said, document=document, transcript=transcript), on=TODAY)
    add_note(db, HIDDEN, NoteKind.NOTE, "zqxhiddennote", language="en")
    add_note(db, HIDDEN, NoteKind.LABEL, "zqxhiddenlabel")
    add_note(db, SPOKEN, NoteKind.NOTE, "She tells of a death.", language="en")


def _remarks(db: Database) -> None:
    """What is noted beside everything, also beside what is published."""
    for command in (
        "update transcripts set remark = 'zqxtranscriptremark', options = '{\"prompt\": \"zqxoption\"}', "
        "engine = 'whisper', model = '/home/zqxmodelpath/small'",
        "update tags set tagger = 'zqxtagger'",
        "update content_notes set actor = 'zqxnoteactor'",
        "update narrators set note = 'zqxnarratornote' where name = 'zqxnarrator'",
        "update narrators set note = 'zqxrolenote' where name = 'zqxrolename'",
        "update narrators set note = 'zqxinterviewernote' where name = 'zqxinterviewer'",
        "insert into events (at, actor, action, detail) values ('2026-11-22', 'somebody', 'noted', 'zqxeventdetail')",
        "insert into histories (slug, title, status, sha256) values ('draft', 'zqxhistory', 'draft', '')",
        "insert into accepted_risks (narrator, combination, actor, at) values (1, '[]', 'zqxacceptedby', '2026-11-22')",
    ):
        db.execute(command)


def _decided(archive: Archive, db: Database, folder: Path) -> None:
    paper = folder / "form.txt"
    paper.write_text("zqxevidence signed this")
    digest = keep_evidence(archive, paper)
    agreed = event(Happening.PARTICIPATION_AGREED, evidence=digest)
    record_consent(db, 1, agreed, note="zqxconsentnote")


def every_value(path: Path) -> Iterator[str]:
    """Every value of every table, the words of the index, and the statements that made them."""
    with closing(sqlite3.connect(path)) as conn:
        tables = [name for (name,) in conn.execute("select name from sqlite_master where type = 'table'")]
        for table in [*tables, "sqlite_master"]:
            for row in conn.execute(f"select * from {table}"):
                yield from (
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row
                )


def found_in(text: str) -> set[str]:
    """The words in it that must not be there."""
    lowered = text.lower()
    return set(re.findall(r"zqx\w*", lowered)) | ({NOTED} if NOTED.lower() in lowered else set())


def test_every_word_was_planted(archive: Archive) -> None:
    """A word that is not in the archive would be found nowhere, and prove nothing."""
    kept = [*every_value(archive.database), archive.metadata.read_text(encoding="utf-8")]
    kept += [path.read_text(encoding="utf-8", errors="replace") for path in archive.evidence.glob("*")]
    planted = set().union(*map(found_in, kept))
    assert {f"zqx{name}" for name in NAMES} <= planted
    originals = [path for path in archive.media.rglob("*") if path.is_file() and path.suffix in SUFFIXES]
    assert len(originals) == len(SUFFIXES)
    assert all(NOTED.encode() in path.read_bytes() for path in originals)


def test_what_is_published_is_there(archive: Archive) -> None:
    site = on_the_site(archive)
    assert sum(name.startswith("media/") for name in site) == len(SUFFIXES)
    said = "\n".join(every_value(public(archive) / "current" / DATABASE))
    for words in ("Talk wav", "Turin", "We lived with […] in Turin.", "She tells of a death.", "docker", "small"):
        assert words in said


def test_no_byte_of_the_edition_says_a_withheld_word(archive: Archive) -> None:
    site = (public(archive) / "current").resolve()
    for path in sorted(site.rglob("*")):
        assert not found_in(path.relative_to(site).as_posix())
        if path.is_file():
            raw = path.read_bytes()
            for said in (
                raw.decode("latin-1"),
                raw.decode("utf-16-le", "replace"),
                raw[1:].decode("utf-16-le", "replace"),
            ):
                assert not found_in(said), path.name
            assert b"zqx".hex().encode() not in raw.lower(), path.name


def test_no_value_and_no_word_of_the_index_says_one(archive: Archive) -> None:
    database = public(archive) / "current" / DATABASE
    for value in every_value(database):
        assert not found_in(value)
    with closing(sqlite3.connect(database)) as conn:
        assert conn.execute("select count(*) from passages_vocabulary where term glob 'zqx*'").fetchone() == (0,)
        assert conn.execute("select count(*) from passages_vocabulary where term = 'turin'").fetchone() == (1,)


def test_no_recording_says_one(archive: Archive) -> None:
    for path in (public(archive) / "current" / "media").rglob("*.m*"):
        with av.open(str(path)) as container:
            noted: list[Any] = [container.metadata, container.chapters(), *(one.metadata for one in container.streams)]
            assert not found_in(str(noted))
            assert not {"title", "artist", "comment", "location"} & set(container.metadata)


def test_no_answer_of_the_site_says_one(archive: Archive) -> None:
    """As pages, JSON, CSV, feeds and captions, from link to link; and whoever searches for a word finds nothing."""
    with listening(archive, public=True) as address, httpx.Client(base_url=address, timeout=30) as client:
        waiting = dict.fromkeys([*everywhere(archive), *OUR_PAGES])
        asked: set[str] = set()
        while waiting and len(asked) < MOST:
            path = next(iter(waiting))
            del waiting[path]
            asked.add(path)
            answer = client.get(path)
            assert not found_in(f"{answer.headers}{answer.text}"), path
            if "html" in answer.headers.get("content-type", ""):
                links = (link.replace("http://localhost", "") for link in _links(path, answer.text))
                waiting.update(dict.fromkeys(link for link in links if link not in asked))
        assert len(asked) > 200
        for name in NAMES:
            assert client.get(f"/search.json?q=zqx{name}").json()["passages"] == [], name
            assert client.get(f"/public/passages.json?_search=zqx{name}").json()["rows"] == [], name


def test_a_withheld_word_that_is_published_would_be_found(archive: Archive, tmp_path: Path) -> None:
    """The search of this file itself is shown to find what it looks for."""
    copy = tmp_path / "public.db"
    copy.write_bytes((public(archive) / "current" / DATABASE).read_bytes())
    with closing(sqlite3.connect(copy)) as conn:
        conn.execute("update terms set scope_note = 'Ask Zqxtitle'")
        conn.commit()
    assert set().union(*map(found_in, every_value(copy))) == {"zqxtitle"}
    assert found_in(copy.read_bytes().decode("latin-1")) == {"zqxtitle"}
