"""The demonstration is built once; another model hears it again once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import ingest.demonstration
from archive.folder import Archive
from ingest.demonstration import build_demonstration
from ingest.engines.protocol import TranscriptionOptions
from ingest.pipeline import Summary
from ingest.reporting import PlainReporter
from tests.builders import a_recording, an_archive


def heard_by(archive: Archive, model: str) -> None:
    """One recording, with a finished transcript by this model."""
    with archive.write() as db:
        a_recording(db)
        db.execute(
            "insert into transcripts (testimony, recording, kind, engine, model, state, made_at) "
            "values (1, 1, 'machine', 'faster-whisper', ?, 'complete', '2026-11-22T00:00:00+00:00')",
            [model],
        )
        db.execute("update testimonies set transcript = 1")


@pytest.mark.parametrize(("recorded", "again"), [("whisper-small", []), ("int8", ["2026.001"])])
def test_a_model_named_by_its_path_hears_only_what_another_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: str, again: list[str]
) -> None:
    archive = an_archive(tmp_path / "archive")
    heard_by(archive, recorded)
    (tmp_path / "whisper-small").mkdir()
    asked: list[str] = []

    def transcribe(*_: object, again: tuple[str, ...], options: TranscriptionOptions, **__: object) -> object:
        assert options.model == str(tmp_path / "whisper-small")
        asked.extend(again)
        return Summary()

    monkeypatch.setattr(ingest.demonstration, "ingest", lambda *_, **__: Summary())
    monkeypatch.setattr(ingest.demonstration, "transcribe", transcribe)
    report = PlainReporter(io.StringIO())
    build_demonstration(archive.path, model=str(tmp_path / "whisper-small"), report=report)
    assert asked == again
