"""An archive that is published, once for all tests that withdraw from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.folder import Archive
from tests.archive.publish.sites import a_small_archive
from tests.archive.publish.sites import published as publish


@pytest.fixture(scope="session")
def once_published(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that is published; nobody changes it."""
    archive = a_small_archive(tmp_path_factory.mktemp("once") / "archive")
    publish(archive)
    return archive


@pytest.fixture
def published_archive(once_published: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The same, to withdraw from; receipts are written beside it."""
    monkeypatch.chdir(tmp_path)
    return Archive(Path(shutil.copytree(once_published.path, tmp_path / "archive", symlinks=True)))
