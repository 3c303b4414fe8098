"""The `conricerca` command: options, messages and exit codes; what is done is done elsewhere."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import Any

import click

from archive.commands.consent import consent
from archive.commands.describe import describe, narrator
from archive.commands.note import note
from archive.commands.risk import risk
from archive.commands.vault import vault
from archive.errors import ArchiveError, mendable
from archive.folder import Archive, create_archive, load_vocabularies, open_archive
from archive.printable import json_line, printable
from ingest.commands.publish import publish, unpublish, withdraw
from ingest.commands.redact import redact
from ingest.commands.vocabulary import vocabulary
from ingest.engines import DEVICES, ENGINES
from ingest.packages import HOW_TO_ADD_PACKAGES, check_packages, is_missing_package
from transcripts.model import TranscriptError


class OneLineErrors(click.Group):
    """Turns what a person can mend into one line and exit status 1; anything else is a bug and keeps its traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program; what a terminal's encoding does not have is shown as an escape."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nstopped; run the same command again and it goes on", err=True)
            ctx.exit(130)
        except (ArchiveError, TranscriptError) as error:
            lines = error.lines if isinstance(error, ArchiveError) else (str(error),)
            raise click.ClickException("\n".join(map(printable, lines))) from error
        except ModuleNotFoundError as error:
            if is_missing_package(error):
                raise click.ClickException(HOW_TO_ADD_PACKAGES) from error
            raise
        except (OSError, sqlite3.DatabaseError) as error:
            if sentence := mendable(error):
                raise click.ClickException(printable(sentence)) from error
            raise


def say(line: object, *, err: bool = False) -> None:
    """Print one line, whatever others wrote in it."""
    click.echo(printable(line), err=err)


def together(*options: Any) -> Callable[[Any], Any]:
    """Make one decorator of several options."""
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)


with_default = partial(click.option, show_default=True)
DESCRIPTION = together(
    click.option("--title", help="The title, where a single file comes in."),
    click.option("--kind", help="interview, account or assembly."),
    click.option(
        "--narrator", "narrators", multiple=True, help="Who tells; a pseudonym where a name is not to be known."
    ),
    click.option("--interviewer", "interviewers", multiple=True, help="Who asks."),
    click.option("--recorded-on", help="2026-11-22, 2026-11 or 2026."),
    click.option("--place", help="Where it was recorded."),
    click.option("--language", help="The language spoken: en, es, fr, … or its English name; detected if not given."),
    click.option("--collection", help="The collection that all these files belong to."),
    click.option("--consent", help="What the narrator agreed to, in words."),
)
TRANSCRIPTION = together(
    with_default("--model", default="small", metavar="NAME|PATH", help="A Whisper model."),
    with_default("--engine", type=click.Choice(ENGINES), default=ENGINES[0], help="The program that runs the model."),
    with_default("--device", type=click.Choice(DEVICES), default=DEVICES[0], help="Where the model runs."),
    click.option("--threads", type=click.IntRange(0), default=0, show_default="all", help="Processor threads."),
    with_default(
        "--longest-piece", type=click.FloatRange(1, 30), default=30.0, help="Seconds of speech that are heard at once."
    ),
)
NER = click.option("--ner", metavar="NAME|PATH", help="A trained spaCy pipeline that suggests more tags.")
AS_JSON_LINES = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
PORT = with_default("--port", type=click.IntRange(1, 65535), default=8001, help="The port.")


@click.group(
    cls=OneLineErrors,
    commands=[consent, describe, narrator, note, publish, redact, risk, unpublish, vault, vocabulary, withdraw],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "--archive",
    "folder",
    type=click.Path(path_type=Path, file_okay=True),
    envvar="CONRICERCA_ARCHIVE",
    default=Path(),
    show_default="the current folder",
    help="The archive's folder. Also from the environment variable CONRICERCA_ARCHIVE.",
)
@click.version_option(package_name="conricerca")
@click.pass_context
def main(ctx: click.Context, folder: Path) -> None:
    """Record interviews, search testimonies, publish struggle histories.

    An archive is a folder that a group owns. Make one, bring in recordings and written accounts, then read it:

    \b
        conricerca init our-archive
        conricerca -C our-archive ingest recordings/
        conricerca -C our-archive serve
    """
    ctx.obj = folder


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def init(chosen: Path, folder: Path | None) -> None:
    """Make a new archive in FOLDER, with the starter vocabularies."""
    archive = create_archive(folder or chosen)
    load_vocabularies(archive)
    say(f"{archive.path}: ready. Say in metadata.yml who you are; then 'conricerca -C {archive.path} ingest …'")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, readable=False),
    metavar="CSV",
    help="What is known about each file: file, title, narrator, interviewer, recorded_on, place, language, …",
)
@DESCRIPTION
@click.option("--accept-truncated", is_flag=True, help="Keep recordings that end before they should.")
@click.option("--no-transcribe", is_flag=True, help="Only take in and tag; transcribe later.")
@NER
@AS_JSON_LINES
@TRANSCRIPTION
@click.pass_obj
def ingest(
    folder: Path,
    /,
    paths: tuple[Path, ...],
    manifest: Path | None,
    accept_truncated: bool,
    no_transcribe: bool,
    ner: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Bring in recordings, written accounts and transcripts from files and folders.

    Recordings are transcribed, everything is tagged. What was already brought in is left as it is, and what an earlier
    run left unfinished is finished.
    """
    check_packages()
    from ingest.accession import Arrival
    from ingest.descriptions import COLUMNS, describe
    from ingest.items import items_of
    from ingest.pipeline import ingest as run

    archive, options = open_archive(folder), None if no_transcribe else _options(said)
    if not paths and manifest is None:
        raise click.UsageError("name files or folders to bring in, or a --manifest")
    description = describe({column: said[column] for column in COLUMNS if column in said})
    collected = items_of(paths, manifest=manifest, description=description, besides=[archive.path])
    if said["title"] and len(collected.items) > 1:
        raise click.UsageError(f"one --title for {len(collected.items)} files: use a --manifest")
    report = _reporter(as_json=as_json)
    for remark in collected.remarks:
        report.say(remark)
    arrival = Arrival(on=date.today(), accept_truncated=accept_truncated)  # noqa: DTZ011 - the day where the archive is
    summary = run(archive, collected.items, arrival=arrival, options=options, report=report, ner=ner)
    summary.failures[:0] = collected.failures
    _conclude(summary, report)


@main.command()
@click.option("--again", multiple=True, metavar="ACCESSION", help="Also hear this testimony again, as a new revision.")
@click.option("--language", help="The language spoken; detected if not given.")
@AS_JSON_LINES
@TRANSCRIPTION
@click.pass_obj
def transcribe(folder: Path, /, again: tuple[str, ...], as_json: bool, **said: Any) -> None:
    """Transcribe the recordings that wait for it, and tag what was heard."""
    check_packages()
    from archive.media import check_has_recording
    from ingest.pipeline import transcribe as run

    archive, report = open_archive(folder), _reporter(as_json=as_json)
    with closing(archive.read()) as db:
        check_has_recording(db.conn, again)
    _conclude(run(archive, options=_options(said), report=report, again=again), report)


@main.command()
@click.option("--again", is_flag=True, help="Everything, not only what the present vocabularies have not seen.")
@NER
@AS_JSON_LINES
@click.pass_obj
def tag(folder: Path, again: bool, ner: str | None, as_json: bool) -> None:
    """Tag by place, movement and theme what has not been read with the present vocabularies."""
    check_packages()
    from ingest.pipeline import tag as run

    report = _reporter(as_json=as_json)
    _conclude(run(open_archive(folder), report=report, ner=ner, again=again), report)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def status(folder: Path, as_json: bool) -> None:
    """Say what the archive holds and what is still to be done."""
    from archive.status import read_status

    found = read_status(open_archive(folder), date.today())  # noqa: DTZ011 - the day where the archive is
    for line in (json_line(asdict(found)),) if as_json else found.lines:
        say(line)


@main.command()
@click.argument("words", nargs=-1)
@click.option("--place", multiple=True, help="Only passages that speak of this place.")
@click.option("--movement", multiple=True, help="Only passages that speak of this movement.")
@click.option("--theme", multiple=True, help="Only passages that speak of this theme.")
@with_default("--limit", type=click.IntRange(1, 1000), default=20, help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def search(folder: Path, /, words: tuple[str, ...], limit: int, as_json: bool, **named: tuple[str, ...]) -> None:
    """Find passages by words, places, movements and themes: testimony, time and passage."""
    from archive.listing import count_line, passage_lines
    from archive.search import find_passages
    from archive.terms import ask_by_name

    with closing(open_archive(folder).read()) as db:
        found = find_passages(db.conn, ask_by_name(db.conn, " ".join(words), named), limit=limit)
    for passage in found.passages:
        click.echo(json_line(asdict(passage)) if as_json else passage_lines(passage))
    if not as_json:
        click.echo(count_line(found), err=True)


@main.command()
@click.option(
    "--embeddings",
    metavar="MODEL|PATH",
    show_default="the one that the index was made with",
    help="A model2vec model: its folder, or its name on huggingface.co.",
)
@AS_JSON_LINES
@click.pass_obj
def index(folder: Path, embeddings: str | None, as_json: bool) -> None:
    """Make or renew the semantic index, for passages that are alike in meaning. It is an option: nothing needs it."""
    from ingest.embedding import embed, load_embedder, model_of

    archive, report = open_archive(folder), _reporter(as_json=as_json)
    done = embed(archive, load_embedder(embeddings or model_of(archive)), report)
    report.say(f"{done.new:,} passages new, {done.kept:,} as they were, {done.removed:,} gone", **asdict(done))


@main.command()
@click.option("--public", is_flag=True, help="What is published, to everybody who can reach the host.")
@with_default("--host", default="127.0.0.1", help="Where it answers; the private archive only on this computer.")
@PORT
@with_default(
    "--workers", type=click.IntRange(1, 64), default=1, help="Processes that answer, for many readers at once."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
@click.pass_obj
def serve(folder: Path, /, public: bool, **how: Any) -> None:
    """Serve the private archive on this computer, or with --public what is published."""
    _serve(open_archive(folder), public=public, **how)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo-archive"))
@click.option("--model", metavar="NAME|PATH", help="A real Whisper model instead of the tiny one of the repository.")
@click.option("--serve/--no-serve", "serving", default=True, help="Serve it when it is built.")
@PORT
def demo(folder: Path, model: str | None, serving: bool, port: int) -> None:
    """Build a demonstration archive in FOLDER by running the whole pipeline, and serve it."""
    check_packages()
    from ingest.demonstration import build_demonstration

    report = _reporter(as_json=False)
    archive, summary = build_demonstration(folder, model=model, report=report)
    _conclude(summary, report)
    if serving:
        _serve(archive, port=port)


def _serve(archive: Archive, *, public: bool = False, **how: Any) -> None:
    from archive.publish.overdue import overdue_lines
    from archive.web.serving import serve_edition, serve_private

    for line in overdue_lines(archive, date.today()):  # noqa: DTZ011 - the day where the archive is
        say(line, err=True)
    run = serve_edition if public else serve_private
    run(archive, on_ready=lambda address: click.echo(f"{address}  (stop with Ctrl-C)"), **how)


def _options(said: dict[str, Any]) -> Any:
    from ingest.descriptions import describe
    from ingest.engines.protocol import TranscriptionOptions

    names = ("model", "engine", "device", "threads", "longest_piece")
    language = describe({"language": said["language"]}).language
    return TranscriptionOptions(language=language, **{name: said[name] for name in names})


def _reporter(*, as_json: bool) -> Any:
    """Return the reporter that suits the terminal; its bar is taken away however the command ends."""
    from ingest.reporting import choose_reporter

    report = choose_reporter(as_json=as_json)
    click.get_current_context().call_on_close(report.end)
    return report


def _conclude(summary: Any, report: Any) -> None:
    """Say what was done; list what went wrong, and leave with status 1 if anything did."""
    from ingest.reporting import closing_line

    report.say(closing_line(summary.counts), **summary.counts, failures=summary.failures)
    for failure in summary.failures:
        say(f"Error: {failure}", err=True)
    if summary.failures:
        sys.exit(1)


if __name__ == "__main__":
    main()
