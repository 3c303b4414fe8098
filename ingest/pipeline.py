"""The pipeline: accession, transcribe, tag, count.

What a testimony still lacks is a query on the database, so a second run picks up where the first was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.folder import Archive
from archive.media import remove_leftovers
from archive.records import Description
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.transcripts import (
    Waiting,
    begin_listening,
    complete_listening,
    mark_failed,
    store_heard,
    waiting_recordings,
)
from archive.store.vocabularies import load_stop_phrases, load_terms, sync_vocabulary
from archive.store.waveforms import recordings_without_waveform, store_waveform
from archive.vocabularies import read_vocabularies
from ingest.accession import Arrival, Outcome, take_in
from ingest.audio import examine
from ingest.engines.protocol import Transcriber, TranscriptionOptions
from ingest.errors import IngestError
from ingest.reporting import Reporter
from ingest.sources import Source
from ingest.suggestions import NerSuggester
from ingest.tagging import VocabularyTagger
from ingest.transcription import listen

TAGGER = "vocabulary"
NAMES_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A source with what is known about it."""

    source: Source
    description: Description = field(default_factory=Description)


@dataclass(slots=True)
class Summary:
    """What a run did; `failures` are lines for the end, and make the exit status 1."""

    added: int = 0
    already: int = 0
    transcribed: int = 0
    tagged: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each thing there were, by what they are called for people and scripts."""
        return {
            "added": self.added,
            "already_there": self.already,
            "transcribed": self.transcribed,
            "tagged": self.tagged,
            "problems": len(self.failures),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run needs throughout: the archive, its open database, who hears of progress, and what has been done."""

    archive: Archive
    db: Database
    report: Reporter
    summary: Summary


def ingest(
    archive: Archive,
    items: Iterable[Item],
    *,
    arrival: Arrival,
    options: TranscriptionOptions | None,
    report: Reporter,
    ner: str | None = None,
) -> Summary:
    """Bring material in and do everything that it, or anything before it, still lacks; without options, no hearing."""
    with archive.write() as db:
        work = Work(archive=archive, db=db, report=report, summary=Summary())
        remove_leftovers(archive)
        sync_vocabularies(work)
        suggester = _suggester(work, ner)
        take_in_all(work, tuple(items), arrival)
        draw_waveforms(work)
        if options is not None:
            transcribe_waiting(work, options)
        tag_untagged(work, suggester=suggester)
        refresh_counts(db)
    return work.summary


def transcribe(
    archive: Archive, *, options: TranscriptionOptions, report: Reporter, again: Sequence[str] = ()
) -> Summary:
    """Transcribe and tag what waits for it; the testimonies named in `again` also get a new revision."""
    with archive.write() as db:
        work = Work(archive=archive, db=db, report=report, summary=Summary())
        sync_vocabularies(work)
        draw_waveforms(work)
        transcribe_waiting(work, options, again=again)
        tag_untagged(work)
        refresh_counts(db)
    return work.summary


def tag(archive: Archive, *, report: Reporter, ner: str | None = None, again: bool = False) -> Summary:
    """Tag what has not been read with the present vocabularies; `again`: everything."""
    with archive.write() as db:
        work = Work(archive=archive, db=db, report=report, summary=Summary())
        sync_vocabularies(work)
        tag_untagged(work, suggester=_suggester(work, ner), again=again)
        refresh_counts(db)
    return work.summary


def sync_vocabularies(work: Work) -> None:
    """Bring the database in step with the vocabulary files."""
    for vocabulary in read_vocabularies(work.archive.vocabularies):
        sync_vocabulary(work.db, vocabulary)


def take_in_all(work: Work, items: Sequence[Item], arrival: Arrival) -> None:
    """Accession each source; one that is refused does not stop the others."""
    if not items:
        return
    sizes = [_size(item.source) for item in items]
    work.report.begin(
        f"Taking in {len(items)} {'file' if len(items) == 1 else 'files'}", total=sum(sizes), unit="bytes"
    )
    done = 0
    for item, size in zip(items, sizes, strict=True):
        follow = partial(_advance_within, work.report, done, size)
        _record(
            work, take_in(work.archive, work.db, item.source, item.description, replace(arrival, on_progress=follow))
        )
        done += size
        work.report.advance(done)
    work.report.end()


def draw_waveforms(work: Work) -> None:
    """Draw the waveform of each recording that came before they were drawn; a killed run goes on with the next."""
    undrawn = tuple(recordings_without_waveform(work.db))
    if not undrawn:
        return
    work.report.begin("Drawing waveforms", total=sum(one.duration for one in undrawn), unit="seconds")
    done = 0.0
    for one in undrawn:
        path = work.archive.original(one.sha256, one.suffix)
        try:
            sound = examine(
                path, accept_truncated=True, on_progress=partial(_advance_within, work.report, done, one.duration)
            )
            store_waveform(work.db, one.recording, sound.peaks)
        except IngestError as error:  # readers get a plain slider
            work.report.say(f"{one.accession}: no waveform of {one.filename}: it {error}")
        done += one.duration
        work.report.advance(done)
    work.report.end()


def transcribe_waiting(work: Work, options: TranscriptionOptions, *, again: Sequence[str] = ()) -> None:
    """Let the engine hear every recording that has no complete transcript yet."""
    waiting = waiting_recordings(work.db, again=again)
    if not waiting:
        return
    try:
        transcriber = _open(options)
    except ArchiveError as error:
        count = len(waiting)
        work.summary.failures.append(
            f"{count} recording{'s wait' if count > 1 else ' waits'} for transcription: {error}"
        )
        return
    if transcriber.remark:
        work.report.say(transcriber.remark)
    for recording in waiting:
        try:
            _transcribe_one(work, recording, transcriber, options)
            work.summary.transcribed += 1
        except IngestError as error:
            mark_failed(work.db, recording.recording, str(error))
            work.summary.failures.append(f"{recording.accession} ({recording.filename}): {error}")
        finally:
            work.report.end()


def tag_untagged(work: Work, *, suggester: NerSuggester | None = None, again: bool = False) -> None:
    """Tag every transcript that has not been read with the present vocabularies."""
    todo = tuple(untagged(work.db, again=again or suggester is not None))
    if not todo:
        return
    read = _reader(work)
    work.report.begin("Tagging", total=len(todo), unit="testimonies")
    for done, item in enumerate(todo, 1):
        texts = segment_texts(work.db, item.transcript)
        tagger = read(item.language)
        found = dict(zip([number for number, _ in texts], tagger.tag_all(text for _, text in texts), strict=True))
        store_tags(work.db, item, found, tagger=TAGGER)
        if suggester:
            read_again = suggester.suggest_all((text, found[number]) for number, text in texts)
            suggested = dict(zip(found, read_again, strict=True))
            store_tags(work.db, item, suggested, tagger=suggester.name, source="model")
        work.summary.tagged += 1
        work.report.advance(done)
    work.report.end()
    if suggester and (proposals := suggester.proposals()):
        names = ", ".join(f"{proposal.text} ({proposal.count})" for proposal in proposals[:NAMES_SHOWN])
        work.report.say(f"names that the model found and no term has: {names}")


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:  # it is named as a failure when it is taken in
        return 0


def _advance_within(report: Reporter, before: float, size: float, share: float) -> None:
    """Say how far the work is while a long recording is being examined."""
    report.advance(before + size * share)


def _record(work: Work, outcome: Outcome) -> None:
    if outcome.state == "failed":
        work.summary.failures.append(f"{outcome.path}: {'; '.join(outcome.remarks)}")
    elif outcome.state == "added":
        work.summary.added += 1
    else:
        work.summary.already += 1
    if outcome.failure:
        work.summary.failures.append(outcome.failure)
    work.report.say(outcome.line, path=str(outcome.path), state=outcome.state, accession=outcome.accession)


def _transcribe_one(work: Work, recording: Waiting, transcriber: Transcriber, options: TranscriptionOptions) -> None:
    """Listen to one recording from where an interrupted run had stopped, storing piece by piece."""
    listening = begin_listening(
        work.db,
        recording.recording,
        engine=transcriber.engine,
        model=transcriber.model,
        options=_recorded(options, transcriber),
    )
    path = work.archive.original(recording.sha256, recording.suffix)
    work.report.begin(f"Transcribing {recording.filename}", total=recording.duration, unit="seconds")
    language = listening.language or options.language or recording.language
    for heard in listen(path, transcriber, options, start_at=listening.heard_until, language=language):
        store_heard(work.db, listening.transcript, heard.segments, until=heard.until, language=heard.language)
        work.report.advance(heard.until)
    complete_listening(work.db, listening.transcript)
    work.report.say(
        f"{recording.accession}: {recording.filename} transcribed", accession=recording.accession, state="transcribed"
    )


def _recorded(options: TranscriptionOptions, transcriber: Transcriber) -> dict[str, object]:
    """The choices that decide what a transcript says."""
    chosen = ("language", "beam_size", "longest_piece", "prompt")
    return {"compute": transcriber.compute} | {name: getattr(options, name) for name in chosen}


def _open(options: TranscriptionOptions) -> Transcriber:
    from ingest.engines import open_transcriber

    return open_transcriber(options)


def _suggester(work: Work, ner: str | None) -> NerSuggester | None:
    """Load the trained pipeline first of all: if it is not there, nothing has been done yet."""
    return NerSuggester(ner, load_terms(work.db)) if ner else None


def _reader(work: Work) -> Callable[[str | None], VocabularyTagger]:
    """Return a function that gives the tagger of a language, made once."""
    terms, stop_phrases = load_terms(work.db), load_stop_phrases(work.db)
    taggers: dict[str | None, VocabularyTagger] = {}

    def reader(language: str | None) -> VocabularyTagger:
        if language not in taggers:
            taggers[language] = VocabularyTagger(terms, stop_phrases, language)
        return taggers[language]

    return reader
