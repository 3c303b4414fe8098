"""The archive that a measurement reads: the one kept from before, or one made for it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.folder import Archive, open_archive
from bench.machine import describe_machine


@contextmanager
def an_archive_to_measure(description: str | None, make: Callable[..., Archive], **sizes: int) -> Iterator[Archive]:
    """Yield the archive in the folder of `--keep`, made where there is none yet; without that, one that is not kept.

    `sizes` are the options of the command line, with their defaults, and what `make` gets besides the folder. The
    machine is named first.
    """
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, size in sizes.items():
        options.add_argument(f"--{name}", type=int, default=size)
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the archive here, or use the one here")
    said = vars(options.parse_args())
    keep = said.pop("keep")
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        place = keep or Path(folder) / "archive"
        yield open_archive(place) if (place / "archive.db").exists() else make(place, **said)
