"""What is installed is what was meant, and Datasette can load it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path


def test_the_command_is_ours_and_not_another_distributions() -> None:
    # an editable installation does not list its modules; whoever else lists a module called cli would overwrite ours
    assert set(packages_distributions().get("cli", ["conricerca"])) == {"conricerca"}
    [script] = [point for point in entry_points(group="console_scripts") if point.name == "conricerca"]
    assert script.value == "cli:main"


def test_every_datasette_command_still_works_with_the_plugin() -> None:
    done = subprocess.run([sys.executable, "-m", "datasette", "plugins"], capture_output=True, check=True, text=True)
    assert "conricerca" in {plugin["name"] for plugin in json.loads(done.stdout)}


def test_reading_an_archive_needs_neither_whisper_nor_spacy_nor_torch() -> None:
    code = (
        "import sys, archive.web, archive.search, archive.folder, archive.store.transcripts; "
        "print(sorted({'av', 'ctranslate2', 'faster_whisper', 'spacy', 'torch', 'whisper'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_no_file_of_the_repository_names_a_registry() -> None:
    root = Path(__file__).resolve().parents[1]
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org")
    listed = subprocess.run(["git", "ls-files"], capture_output=True, check=True, text=True, cwd=root).stdout.split(
        "\n"
    )
    texts = [
        root / name for name in listed if name and (root / name).suffix in {".txt", ".toml", ".in", ".md", ".py", ""}
    ]
    assert [path.name for path in texts if path.is_file() and any(h in path.read_text("utf-8") for h in hosts)] == []
