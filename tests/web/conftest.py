"""What tests of the pages share: one browser, an archive for each file of tests, and the program that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archive.folder import Archive
from tests.web.builders import Reader, a_browser, an_archive, reading
from tests.web.served import close_opened, listening, served


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Four testimonies, made for one file of tests; a file that reads others makes them under the same name."""
    return an_archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    """Close what `got` and `page` have opened, after each file of tests."""
    yield
    close_opened()


@pytest.fixture(scope="module")
def datasette(archive: Archive) -> Iterator[Any]:
    """The Datasette that serves the archive, for tests that leave it as it is."""
    with served(archive) as datasette:
        yield datasette


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    """Where `conricerca serve` offers the archive."""
    with listening(archive) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole run."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def reader(browser: Any, address: str) -> Iterator[Reader]:
    """A reader who has just come."""
    with reading(browser, address) as reader:
        yield reader
