"""A model is taken from this computer if it is there; whoever has no network learns how to bring one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import IngestError
from ingest.models import checkpoint_missing, find_checkpoint, find_folder
from tests.ingest.sounds import unpacked_model

pytest.importorskip("faster_whisper", reason="the extra ingest is not installed")

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.json")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the Hugging Face hub, and no network."""
    from huggingface_hub import constants

    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError("network is unreachable")

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("socket.getaddrinfo", unreachable)
    return tmp_path / "hub"


def a_model(folder: Path, files: tuple[str, ...] = FILES) -> Path:
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).write_text("{}")
    return folder


def a_cached_model(cache: Path, files: tuple[str, ...] = FILES) -> Path:
    """A model as the hub keeps it."""
    repository = cache / "models--Systran--faster-whisper-tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    return a_model(repository / "snapshots" / ("0" * 40), files)


def complaint(model: str) -> str:
    with pytest.raises(IngestError) as refused:
        find_folder(model)
    return str(refused.value)


def test_a_folder_is_used_as_it_is(tmp_path: Path, cache: Path) -> None:
    assert find_folder(str(a_model(tmp_path / "ours"))) == tmp_path / "ours"


def test_the_demonstration_model_is_complete(tmp_path: Path, cache: Path) -> None:
    folder = unpacked_model(tmp_path)
    assert find_folder(str(folder)) == folder


@pytest.mark.parametrize("missing", FILES)
def test_an_incomplete_folder_says_what_it_lacks(missing: str, tmp_path: Path, cache: Path) -> None:
    folder = a_model(tmp_path / "ours", tuple(name for name in FILES if name != missing))
    assert complaint(str(folder)).endswith(
        f"is incomplete: it lacks {missing.replace('vocabulary.json', 'vocabulary.*')}"
    )


def test_a_model_in_the_cache_is_used_without_asking_the_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_: str) -> Path:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("ingest.models._downloaded", asked)
    folder = a_cached_model(cache)
    assert find_folder("tiny") == folder
    assert find_folder("Systran/faster-whisper-tiny") == folder


def test_without_network_one_learns_how_to_bring_a_model(cache: Path) -> None:
    said = complaint("small")
    assert "'small' is not on this computer" in said
    assert str(cache) in said
    assert "model.bin, config.json, tokenizer.json and vocabulary.*" in said
    assert "https://huggingface.co/Systran/faster-whisper-small" in said
    assert "--model /path/to/the/folder" in said
    assert "network is unreachable" in said


def test_half_a_download_in_the_cache_is_not_taken_for_a_model(cache: Path) -> None:
    folder = a_cached_model(cache, ("config.json",))
    said = complaint("tiny")
    assert f"in {folder} lacks model.bin, tokenizer.json and vocabulary.*" in said
    assert "connect to the network and run again" in said


def test_a_model_that_is_not_on_disk_is_downloaded_with_a_progress_bar(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def download(repository: str, **options: Any) -> str:
        if options.get("local_files_only"):
            raise FileNotFoundError("not in the cache")
        asked.append((repository, options))
        return str(a_model(tmp_path / "downloaded"))

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert find_folder("turbo") == tmp_path / "downloaded"
    ((repository, options),) = asked
    assert repository.endswith("faster-whisper-large-v3-turbo")
    assert {"model.bin", "tokenizer.json"} <= set(options["allow_patterns"])
    assert "tqdm_class" not in options


def test_a_name_that_nobody_gave_lists_the_known_ones(cache: Path) -> None:
    said = complaint("smal")
    assert "there is no model 'smal'" in said
    assert all(name in said for name in ("tiny", "small", "large-v3", "turbo"))
    assert "there is no model './nowhere'" in complaint("./nowhere")


def test_a_file_is_no_folder(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "tiny.pt").touch()
    assert "a .pt file is for openai-whisper" in complaint(str(tmp_path / "tiny.pt"))


def test_without_the_engine_one_learns_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    monkeypatch.setitem(sys.modules, "whisper", None)
    assert "pip install '.[ingest]'" in complaint("tiny")
    with pytest.raises(IngestError, match=r"pip install '\.\[openai-whisper\]'"):
        find_checkpoint("tiny")


@pytest.mark.openai_whisper
def test_a_checkpoint_is_a_known_name_or_a_file(tmp_path: Path) -> None:
    pytest.importorskip("whisper", reason="the extra openai-whisper is not installed")
    (tmp_path / "ours.pt").touch()
    assert find_checkpoint(str(tmp_path / "ours.pt")) == str(tmp_path / "ours.pt")
    assert find_checkpoint("tiny") == "tiny"
    with pytest.raises(IngestError, match="there is no model 'smal'"):
        find_checkpoint("smal")
    with pytest.raises(IngestError, match=r"wants a \.pt file"):
        find_checkpoint(str(tmp_path))


def test_a_checkpoint_that_cannot_be_downloaded_says_how_to_bring_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    said = str(checkpoint_missing("small", OSError("network is unreachable")))
    assert "looked in /cache/whisper" in said
    assert "--model /path/to/the/file.pt" in said
