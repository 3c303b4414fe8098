"""Break it on purpose: `kill -9` at random moments, a full disk at random sizes; afterwards everything must be there.

    python -m bench.faults --kills 30 --full-disks 10

An interrupted run followed by the same command must end in the same state as an uninterrupted one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from archive.folder import Archive
from tests.builders import RECORDINGS, an_archive, everything_in, the_tiny_model


def main() -> None:
    """Run both kinds of faults, print one line each, and exit with 1 where a state differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--full-disks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sources = some_sources(work)
        model = the_tiny_model(work / "model")
        reference = an_archive(work / "reference")
        started = time.monotonic()
        run(reference, sources, model)
        seconds = time.monotonic() - started
        wrong = sum(not survives_kills(work, sources, model, reference, seconds, draw) for _ in range(chosen.kills))
        print(f"kill -9 at a random moment of {seconds:.1f} s: {chosen.kills - wrong} of {chosen.kills} ended the same")
        full = full_disks(work, sources, model, reference, chosen.full_disks, draw)
    sys.exit(wrong + full > 0)


def some_sources(work: Path) -> list[str]:
    """Return two recordings and forty accounts."""
    texts = work / "texts"
    texts.mkdir()
    for number in range(40):
        (texts / f"{number:02}.txt").write_text(f"Number {number}: Glasgow went on rent strike.\n\n" * 40)
    return [str(RECORDINGS / "glasgow-1915.opus"), str(RECORDINGS / "torino-1969.opus"), str(texts)]


def command(archive: Archive, sources: Sequence[str], model: Path) -> list[str]:
    """Return the command that brings everything in."""
    options = ["--model", str(model), "--longest-piece", "10", "--threads", "1", "--device", "cpu"]
    return [sys.executable, "-m", "cli", "-C", str(archive.path), "ingest", *sources, *options]


def run(archive: Archive, sources: Sequence[str], model: Path) -> None:
    """Bring everything in, uninterrupted."""
    subprocess.run(command(archive, sources, model), check=True, stdout=subprocess.DEVNULL)


def survives_kills(
    work: Path, sources: Sequence[str], model: Path, reference: Archive, seconds: float, draw: random.Random
) -> bool:
    """Kill up to three runs, then let one finish; return whether it ended as the reference."""
    archive = an_archive(work / "killed")
    for _ in range(draw.randint(1, 3)):
        process = subprocess.Popen(command(archive, sources, model), stdout=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.2, seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
    run(archive, sources, model)
    same = everything_in(archive) == everything_in(reference)
    shutil.rmtree(archive.path)
    return same


def full_disks(
    work: Path, sources: Sequence[str], model: Path, reference: Archive, times: int, draw: random.Random
) -> int:
    """Fill a small disk while material comes in, then make room; return how often the end was not the reference's."""
    if os.name == "nt" or os.geteuid() != 0:
        print("full disk: skipped, a small disk can only be mounted by root on Linux")
        return 0
    wrong = 0
    for _ in range(times):
        disk = work / "disk"
        disk.mkdir(exist_ok=True)
        size = draw.randint(900, 3500)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)], check=True)
        try:
            wrong += not survives_a_full_disk(disk, sources, model, reference)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    print(f"full disk of a random size, then room: {times - wrong} of {times} ended the same")
    return wrong


def survives_a_full_disk(disk: Path, sources: Sequence[str], model: Path, reference: Archive) -> bool:
    """Run until the disk is full (in words, with status 1), enlarge it, run again; return whether all is there."""
    archive = an_archive(disk / "archive")
    first = subprocess.run(command(archive, sources, model), check=False, capture_output=True, text=True)
    said = first.returncode == 1 and "disk is full" in first.stderr and "Traceback" not in first.stderr
    if not said:
        print(first.stderr[-2000:])
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    run(archive, sources, model)
    return said and everything_in(archive) == everything_in(reference)


if __name__ == "__main__":
    main()
