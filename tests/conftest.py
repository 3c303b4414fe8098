"""What every test may ask for: the tiny model, unpacked once, and options that use it."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tests run beside each other; before torch and NumPy are imported

import pytest

from ingest.demonstration import LONGEST_PIECE
from ingest.engines.protocol import TranscriptionOptions
from tests.builders import the_tiny_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TranscriptionOptions:
    """Options that transcribe with the repository's own model, on one thread."""
    folder = the_tiny_model(tmp_path_factory.mktemp("model"))
    return TranscriptionOptions(model=str(folder), longest_piece=LONGEST_PIECE, threads=1, device="cpu")
