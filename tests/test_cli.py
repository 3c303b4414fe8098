"""The command line: what it says, what it refuses, and with which exit status."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from archive.folder import create_archive
from archive.migrations import SCHEMA
from cli import main
from ingest.packages import INGEST_PACKAGES
from tests.builders import a_testimony, a_wav, an_archive


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def commands(command: click.Command = main, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            found += commands(child, (*path, name))
    return found


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_and_option_explains_itself(path: tuple[str, ...]) -> None:
    command = dict(commands())[path]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    assert f"## `{' '.join(('conricerca', *path))}`" in Path("docs/cli.md").read_text(encoding="utf-8")


def test_a_newcomer_makes_an_archive_brings_in_an_account_and_finds_a_passage(tmp_path: Path) -> None:
    archive = tmp_path / "ours"
    account = tmp_path / "account.txt"
    account.write_text("In Glasgow the tenants went on rent strike.")
    assert call("init", archive).exit_code == 0
    result = call("-C", archive, "ingest", account, "--title", "A strike", "--language", "English")
    assert (result.exit_code, "2026." in result.output) == (0, True)
    found = call("-C", archive, "search", "tenants", "--place", "glasgow")
    assert "A strike" in found.output
    assert "1 of 1 passages" in found.output
    status = json.loads(call("-C", archive, "status", "--json").output)
    assert (status["testimonies"], status["passages"], status["untagged"]) == (1, 1, 0)


def test_the_archive_may_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_archive(tmp_path)
    monkeypatch.setenv("CONRICERCA_ARCHIVE", str(tmp_path))
    assert "testimonies         0" in call("status").output


@pytest.mark.parametrize("command", ["status", "search", "serve", "transcribe", "tag"])
def test_a_folder_that_is_no_archive_is_refused_in_one_line(tmp_path: Path, command: str) -> None:
    result = call("-C", tmp_path, command)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "conricerca init" in result.output
    assert result.output.count("\n") == 1


def test_a_newer_archive_is_refused(tmp_path: Path) -> None:
    with create_archive(tmp_path).write() as db:
        db.execute(f"pragma user_version = {SCHEMA + 1}")
    assert "upgrade the program" in call("-C", tmp_path, "status").output


def test_a_batch_with_a_bad_file_ends_with_status_one_and_names_it_last(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "account.txt").write_text("Glasgow.")
    result = call("-C", archive.path, "ingest", tmp_path / "empty.mp3", tmp_path / "account.txt", "--no-transcribe")
    assert result.exit_code == 1
    assert "1 added" in result.output
    assert result.output.splitlines()[-1].startswith(f"Error: {tmp_path / 'empty.mp3'}: ")


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = call("-C", an_archive(tmp_path).path, "ingest", tmp_path / "gone.wav")
    assert (result.exit_code, "no such file" in result.output) == (1, True)


def test_a_manifests_unknown_column_stops_before_anything_comes_in(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    manifest = tmp_path / "interviews.csv"
    manifest.write_text("file,titel\na.txt,Ours\n")
    (tmp_path / "a.txt").write_text("Glasgow.")
    result = call("-C", archive.path, "ingest", "--manifest", manifest)
    assert (result.exit_code, "did you mean 'title'?" in result.output) == (1, True)
    assert "testimonies         0" in call("-C", archive.path, "status").output


def test_a_manifest_alone_brings_in_its_files(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "a.txt").write_text("Glasgow.")
    (tmp_path / "interviews.csv").write_text("file,title,narrator\na.txt,Ours,Rosa\ngone.wav,Lost,\n")
    result = call("-C", archive.path, "ingest", "--manifest", tmp_path / "interviews.csv", "--no-transcribe")
    assert result.exit_code == 1
    assert "line 3: the file" in result.output
    assert "Ours" in call("-C", archive.path, "search", "glasgow").output


def test_a_broken_vocabulary_names_line_and_key(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    path = archive.vocabularies / "themes.yml"
    path.write_text("vocabulary: theme\nterms:\n  - id: rent\n    lables: {en: Rent}\n")
    result = call("-C", archive.path, "tag")
    assert result.exit_code == 1
    assert "themes.yml, line 4" in result.output
    assert "lables" in result.output


def test_a_broken_metadata_file_names_the_line(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    archive.metadata.write_text("title: Ours\ndatabases: [\n")
    result = call("-C", archive.path, "serve")
    assert (result.exit_code, "metadata.yml, line 3" in result.output) == (1, True), result.output


def test_a_script_learns_what_failed(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "empty.mp3").touch()
    result = call("-C", archive.path, "ingest", tmp_path / "empty.mp3", "--no-transcribe", "--json")
    last = json.loads([line for line in result.output.splitlines() if line.startswith("{")][-1])
    assert (result.exit_code, last["problems"], len(last["failures"])) == (1, 1, 1)


def test_a_wrong_query_gets_a_hint(tmp_path: Path) -> None:
    result = call("-C", an_archive(tmp_path).path, "search", "strike", "AND")
    assert (result.exit_code, "words are missing" in result.output) == (1, True)


def test_a_place_that_is_not_in_the_vocabulary_gets_the_nearest(tmp_path: Path) -> None:
    result = call("-C", an_archive(tmp_path).path, "search", "--place", "Glasgwo")
    assert (result.exit_code, "did you mean 'Glasgow'?" in result.output) == (1, True)


def test_the_private_archive_is_served_to_this_computer_only(tmp_path: Path) -> None:
    result = call("-C", an_archive(tmp_path).path, "serve", "--host", "0.0.0.0")
    assert (result.exit_code, "this computer only" in result.output) == (1, True)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = call("-C", an_archive(tmp_path).path, "serve", "--port", port)
    assert (result.exit_code, str(port) in result.output) == (1, True)


def test_one_title_for_several_files_is_refused(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    for name in ("a.wav", "b.wav"):
        a_wav(tmp_path / name, seconds=0.5 if name == "a.wav" else 0.7)
    result = call("-C", archive.path, "ingest", tmp_path / "a.wav", tmp_path / "b.wav", "--title", "Both")
    assert (result.exit_code, "use a --manifest" in result.output) == (2, True)


def test_a_fresh_archive_knows_the_starter_vocabularies(tmp_path: Path) -> None:
    assert call("-C", tmp_path / "ours", "init").exit_code == 0
    assert "(glasgow)" in call("-C", tmp_path / "ours", "vocabulary", "list", "place").output
    assert call("-C", tmp_path / "ours", "search", "--place", "Glasgow").exit_code == 0


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_newer_archive_is_not_made_again(tmp_path: Path, command: str) -> None:
    with create_archive(tmp_path).write() as db:
        db.execute(f"pragma user_version = {SCHEMA + 1}")
    result = call(command, tmp_path)
    assert (result.exit_code, "upgrade the program" in result.output) == (1, True)


@pytest.mark.parametrize("vocabulary", ["place", "movement", "theme"])
def test_each_vocabulary_is_listed_by_the_name_that_the_hint_gives(tmp_path: Path, vocabulary: str) -> None:
    archive = an_archive(tmp_path)
    hint = call("-C", archive.path, "search", f"--{vocabulary}", "xyzzy").output
    assert f"'conricerca vocabulary list {vocabulary}'" in hint
    lines = call("-C", archive.path, "vocabulary", "list", vocabulary).output.splitlines()
    assert lines
    assert all(line.startswith(vocabulary) for line in lines)


@pytest.mark.parametrize("package", INGEST_PACKAGES)
@pytest.mark.parametrize("command", ["ingest", "transcribe", "tag", "demo"])
def test_what_is_not_installed_is_said_before_anything_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = call("-C", tmp_path, command)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "pip install '.[ingest]' in the folder of the program" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_a_package_lacks_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'av.audio'", name="av.audio")

    monkeypatch.setattr("ingest.pipeline.tag", lacking)
    result = call("-C", an_archive(tmp_path).path, "tag")
    assert (result.exit_code, result.output.count("\n"), "pip install" in result.output) == (1, 1, True)


def test_no_advice_names_a_command_that_does_not_exist() -> None:
    known = {path[0] for path, _ in commands() if path}
    advised = {
        (path.name, found)
        for folder in ("archive", "ingest", "bench")
        for path in Path(folder).rglob("*.py")
        for found in re.findall(r"['`]conricerca (?:-C \S+ )?([a-z]+)", path.read_text(encoding="utf-8"))
    }
    assert advised
    assert {(name, found) for name, found in advised if found not in known} == set()


@pytest.mark.parametrize("manifest", ["gone.csv", "."])
def test_a_manifest_that_cannot_be_read_is_an_error_in_one_line(tmp_path: Path, manifest: str) -> None:
    archive = an_archive(tmp_path / "archive")
    result = call("-C", archive.path, "ingest", "--manifest", tmp_path / manifest)
    assert (result.exit_code, result.output.count("\n"), "cannot be read" in result.output) == (1, 1, True)


def test_an_unreadable_file_does_not_stop_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(tmp_path / "archive")
    for name in ("locked.txt", "open.txt"):
        (tmp_path / name).write_text(f"Glasgow, {name}.")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, *more: "locked" not in str(path) and access(path, *more))
    result = call("-C", archive.path, "ingest", tmp_path / "locked.txt", tmp_path / "open.txt", "--no-transcribe")
    assert "open.txt: 2026." in result.output


def test_an_account_cannot_be_heard_again(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        account = a_testimony(db, "Glasgow.")
    result = call("-C", archive.path, "transcribe", "--again", account)
    assert (result.exit_code, f"{account} has no recording" in result.output) == (1, True)


def test_what_others_wrote_reaches_the_terminal_as_escapes(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "In \x1b[2J Glasgow\nthe \u202erent", title="A\x9btitle")
    shown = call("-C", archive.path, "search", "rent").output
    assert "A\\x9btitle" in shown
    assert "In \\x1b[2J Glasgow the \\u202erent" in shown
    assert not set("\x1b\x9b\u202e") & set(shown)
    [line] = call("-C", archive.path, "search", "rent", "--json").stdout.splitlines()[:1]
    assert not set("\x1b\x9b\u202e") & set(line)
    assert json.loads(line)["title"] == "A\x9btitle"


def started(*arguments: object, encoding: str = "utf-8", stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """The program in a process of its own."""
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, env=environment)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_the_letters_stops_nothing(tmp_path: Path, encoding: str) -> None:
    archive = an_archive(tmp_path / "archive")
    for name in ("罢工", "забастовка"):
        (tmp_path / f"{name}.txt").write_text(f"Glasgow, {name}.", encoding="utf-8")
    paths = sorted(tmp_path.glob("*.txt"))
    output, errors = started("-C", archive.path, "ingest", *paths, "--no-transcribe", encoding=encoding).communicate()
    assert b"2 added" in output, errors
    assert b"\\u7f62" in output


def test_a_closed_pipe_shows_no_traceback(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    program = started("-C", archive.path, "vocabulary", "list", stdout=writing)
    os.close(writing)
    _, errors = program.communicate()
    assert errors == b""


def test_ctrl_c_says_that_the_command_may_be_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.pipeline.tag", interrupted)
    result = call("-C", an_archive(tmp_path).path, "tag")
    assert (result.exit_code, result.output.strip()) == (130, "stopped; run the same command again and it goes on")
