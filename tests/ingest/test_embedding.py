"""The semantic index: made from a model, kept in step with the text, and read without the model."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import embeddings
from archive.database import writing
from archive.embeddings import NAME, Nearest, NoEmbeddings, connect, find_nearest, read_made
from archive.errors import ArchiveBusy
from archive.folder import Archive
from cli import main
from ingest import embedding
from ingest.embedding import embed, load_embedder, model_of
from ingest.errors import IngestError
from ingest.reporting import JsonReporter, PlainReporter
from tests.builders import a_testimony, an_archive

numpy = pytest.importorskip("numpy")
pytest.importorskip("model2vec", reason="pip install '.[embeddings]'")
pytest.importorskip("apsw", reason="pip install '.[embeddings]'")
pytest.importorskip("sqlite_vec", reason="pip install '.[embeddings]'")

# words of one meaning lie in one direction
MEANINGS = {
    "strike": (1.0, 0.0, 0.1, 0.0), "stoppage": (1.0, 0.1, 0.0, 0.0), "sciopero": (0.9, 0.0, 0.0, 0.1),
    "rent": (0.0, 1.0, 0.1, 0.0), "landlord": (0.1, 1.0, 0.0, 0.0), "bell": (0.0, 0.0, 1.0, 0.0),
}  # fmt: skip


def a_model(folder: Path, meanings: Mapping[str, tuple[float, ...]] = MEANINGS) -> Path:
    """A model2vec model of a few words, saved as one that people would download."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    width = len(next(iter(meanings.values())))
    vectors = numpy.array([(0.0,) * width, *meanings.values()], dtype=numpy.float32)
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(["[UNK]", *meanings])}, "[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    StaticModel(vectors, tokenizer).save_pretrained(folder)
    return folder


class Silent(PlainReporter):
    """Says nothing."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]

    def say(self, line: str, **facts: object) -> None:
        """Nothing."""


def index(archive: Archive, model: Path) -> embedding.Embedded:
    """Make or renew the index."""
    return embed(archive, load_embedder(str(model)), Silent())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_model(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        a_testimony(db, "strike", "bell strike strike", digest="1")
        a_testimony(db, "stoppage", "rent", digest="2")
        a_testimony(db, "sciopero", "landlord", digest="3")
    return archive


def near(archive: Archive, accession: str = "2026.001", position: int = 0, **options: Any) -> Nearest:
    """What lies nearest."""
    with closing(archive.read()) as db:
        return find_nearest(db.conn, archive.derived / NAME, accession, position, **options)


def change(archive: Archive, sql: str) -> None:
    """Change the text behind the index's back."""
    with archive.write() as db, writing(db):
        db.execute(sql)


def test_what_means_the_same_lies_nearest_whatever_the_words(archive: Archive, model: Path) -> None:
    index(archive, model)
    found = near(archive).found
    assert {one.passage.text for one in found[:2]} == {"stoppage", "sciopero"}
    assert "2026.001" not in {one.passage.accession for one in found}
    assert near(archive, within=True).found[2].passage.text == "bell strike strike"


def test_reading_the_index_needs_no_model(archive: Archive, tmp_path: Path) -> None:
    gone = a_model(tmp_path / "gone")
    index(archive, gone)
    for file in gone.iterdir():
        file.unlink()
    assert near(archive).made == embeddings.Made(model="gone", passages=6, testimonies=3)


def test_only_what_is_new_or_changed_is_read_again(archive: Archive, model: Path) -> None:
    assert index(archive, model) == embedding.Embedded(new=6, kept=0, removed=0)
    assert index(archive, model) == embedding.Embedded(new=0, kept=6, removed=0)
    change(archive, "update passages set text = 'rent' where text = 'stoppage'")
    with archive.write() as db:
        a_testimony(db, "bell", digest="4")
    assert index(archive, model) == embedding.Embedded(new=2, kept=5, removed=0)
    assert near(archive).found[0].passage.text == "sciopero"


def test_what_is_gone_is_taken_out(archive: Archive, model: Path) -> None:
    index(archive, model)
    change(archive, "delete from passages where text in ('strike', 'landlord')")
    assert index(archive, model).removed == 2
    with closing(connect(archive.derived / NAME)) as made:
        assert made.execute("select count(*) from vectors").fetchone() == (4,)


def test_a_passage_whose_text_changed_since_is_neither_asked_nor_found(archive: Archive, model: Path) -> None:
    index(archive, model)
    change(archive, "update passages set text = 'something else' where text = 'stoppage'")
    assert near(archive).found[0].passage.text == "sciopero"
    assert not near(archive, "2026.002", 0).has_vector


def test_a_run_that_was_killed_goes_on(archive: Archive, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "BATCH", 2)
    store, calls = embedding._store, []

    def dies(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        store(*given)

    monkeypatch.setattr(embedding, "_store", dies)
    with pytest.raises(KeyboardInterrupt):
        index(archive, model)
    monkeypatch.setattr(embedding, "_store", store)
    assert read_made(archive.derived / NAME).passages == 2
    assert index(archive, model) == embedding.Embedded(new=4, kept=2, removed=0)
    assert read_made(archive.derived / NAME).passages == 6


def test_another_model_makes_the_index_anew(archive: Archive, model: Path, tmp_path: Path) -> None:
    index(archive, model)
    other = a_model(tmp_path / "other", {word: (*vector, 1.0) for word, vector in MEANINGS.items()})
    assert index(archive, other).new == 6
    assert read_made(archive.derived / NAME).model == "other"


def test_a_file_that_is_no_index_is_made_anew_and_never_read(archive: Archive, model: Path) -> None:
    (archive.derived / NAME).write_bytes(b"not a database at all" * 100)
    with pytest.raises(NoEmbeddings):
        near(archive)
    assert index(archive, model).new == 6


def test_two_runs_do_not_work_on_one_index(archive: Archive, model: Path) -> None:
    from filelock import FileLock

    with FileLock(archive.derived / f".{NAME}.lock"), pytest.raises(ArchiveBusy):
        index(archive, model)


def test_a_passage_without_a_known_word_is_no_trouble(archive: Archive, model: Path) -> None:
    with archive.write() as db:
        a_testimony(db, "xyzzy", digest="5")
    assert index(archive, model).new == 7
    assert not near(archive, "2026.004", 0).has_vector
    assert near(archive).made.passages == 6


def test_a_question_to_the_index_is_given_up_after_a_while(
    archive: Archive, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(archive, model)
    monkeypatch.setattr(embeddings, "SECONDS", -1.0)
    monkeypatch.setattr(embeddings, "OPCODES", 1)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        near(archive)


def test_where_there_is_no_index_that_is_said(archive: Archive) -> None:
    with pytest.raises(NoEmbeddings) as said:
        near(archive)
    assert not said.value.packages


def test_missing_packages_are_said(archive: Archive, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index(archive, model)
    monkeypatch.setattr(embeddings, "find_spec", lambda name: None)
    with pytest.raises(NoEmbeddings) as said:
        near(archive)
    assert said.value.packages
    with pytest.raises(IngestError, match="more packages"):
        model_of(archive)


def test_a_folder_that_is_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"lacks model\.safetensors"):
        load_embedder(str(tmp_path))
    with pytest.raises(IngestError, match="there is no folder 'nowhere'"):
        load_embedder("nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(IngestError, match="is a file"):
        load_embedder(str(tmp_path / "file"))


def test_a_name_that_cannot_be_fetched_says_what_to_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(IngestError, match="could not be downloaded"):
        load_embedder("nobody/such-a-model")


def test_the_command_makes_the_index_and_renews_it_without_naming_the_model(archive: Archive, model: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["-C", str(archive.path), "index", *arguments])

    assert "there is no semantic index yet" in run().output
    said = run("--embeddings", str(model))
    assert said.exit_code == 0, said.output
    assert "6 passages new, 0 as they were, 0 gone" in said.output
    assert "0 passages new, 6 as they were, 0 gone" in run().output
    assert model_of(archive) == str(model.resolve())


def test_a_script_hears_how_far_it_is(archive: Archive, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    embed(archive, load_embedder(str(model)), JsonReporter(sys.stdout))
    assert '"event": "begin"' in capsys.readouterr().out


def test_a_reader_and_a_writer_do_not_disturb_each_other(archive: Archive, model: Path) -> None:
    index(archive, model)
    with closing(sqlite3.connect(archive.database)) as other:
        other.execute("begin immediate")
        assert index(archive, model).kept == 6
