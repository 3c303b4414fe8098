"""Word documents are read in order, and hostile ones refused."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transcripts.samples import a_docx, saved, shared, starts, texts, turns
from transcripts import word_docx
from transcripts.model import TranscriptError
from transcripts.word_docx import read_docx


def rewritten(raw: bytes, part: str, content: str) -> bytes:
    """Return a document with the text of one part replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return written.getvalue()


def with_body(body: str) -> bytes:
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return rewritten(a_docx("x"), "word/document.xml", document)


def test_an_interview_is_read_with_turns_times_and_headings() -> None:
    raw = a_docx("[00:00:01] \nANA: When?", "", "[0:00:29]", "MARY: In\t1984.", "I was young.", heading="The strike")
    transcript = read_docx(raw)
    assert turns(transcript) == [
        (None, "The strike"),
        ("ANA", "When?"),
        ("MARY", "In 1984."),
        ("MARY", "I was young."),
    ]
    assert starts(transcript) == [None, 1, 29, None]


def test_table_cells_come_in_the_order_of_the_document() -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("before")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcd", strict=True):
        cell.text = text
    document.add_paragraph("after")
    assert texts(read_docx(saved(document))) == ["before", "a", "b", "c", "d", "after"]


def test_tracked_changes_are_accepted() -> None:
    raw = with_body(
        "<w:p><w:r><w:t>We </w:t></w:r><w:ins><w:r><w:t>won</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>lost</w:delText><w:t>never</w:t></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>elsewhere</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t> here</w:t></w:r></w:moveTo>"
        "<w:hyperlink><w:r><w:t>.</w:t></w:r></w:hyperlink></w:p>"
    )
    assert texts(read_docx(raw)) == ["We won here."]


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    raw = with_body(
        f"<w:p><w:r><w:t>text</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(read_docx(raw)) == ["text", "box"]


def test_a_zip_bomb_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_body("<w:p/>" + " " * 1_000_000)
    assert len(bomb) < 100_000
    assert texts(read_docx(bomb)) == []
    monkeypatch.setattr(word_docx, "LARGEST_DOCUMENT", 1_000_000)
    with pytest.raises(TranscriptError, match="too large when unpacked"):
        read_docx(bomb)


def test_the_limit_is_a_hundred_million_bytes() -> None:
    assert word_docx.LARGEST_DOCUMENT == 100_000_000


def test_an_encrypted_document_is_refused() -> None:
    raw = bytearray(a_docx("secret"))
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 8] |= 1
    with pytest.raises(TranscriptError, match="is encrypted"):
        read_docx(bytes(raw))
    with pytest.raises(TranscriptError, match="behind a password"):
        read_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def a_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return written.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"We won.",
        a_docx("We won.")[:-50],
        a_zip(),
        rewritten(a_docx("x"), "word/document.xml", "<w:document"),
        rewritten(a_docx("x"), "word/document.xml", "<a/>"),
        rewritten(a_docx("x"), "[Content_Types].xml", "<a/>"),
        rewritten(a_docx("x"), "_rels/.rels", ""),
        rewritten(a_docx("x"), "word/styles.xml", "<a/>"),
    ],
    ids=["empty", "text", "cut", "zip", "broken", "no-body", "no-types", "no-relations", "no-styles"],
)
def test_a_damaged_document_is_refused(raw: bytes) -> None:
    with pytest.raises(TranscriptError, match="not a Word document, or it is damaged"):
        read_docx(raw)


def test_entities_do_not_explode() -> None:
    lol = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    document = (
        f"<!DOCTYPE x [{lol}]>"
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>so &i; it</w:t></w:r></w:p></w:body></w:document>"
    )
    raw = rewritten(a_docx("x"), "word/document.xml", document)
    with contextlib.suppress(TranscriptError):  # newer libxml2 refuses the file, older leave the entity out
        assert texts(read_docx(raw)) == ["so it"]


GOOD = a_docx("ANA: We won.", heading="So")


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_nothing_but_a_transcript_error_is_raised(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(GOOD)
    for at, value in changes:
        raw[at] = value
    try:
        read_docx(bytes(raw))
    except TranscriptError as error:
        assert str(error)


@pytest.mark.shared
def test_the_sample_has_its_speakers_and_the_times_of_its_first_recording() -> None:
    (path,) = shared("transcripts/docx", "*.docx")
    transcript = read_docx(path.read_bytes())
    assert [start for start in starts(transcript) if start is not None] == [1, 29, 33, 34, 35, 38]
    assert {segment.speaker for segment in transcript.segments} == {None, "CARUSO", "SUBJECT", "LEE"}
    assert "20 time code(s) do not run forwards" in transcript.remarks[0]
