"""Kill publishing on purpose, at random moments and at every step, and fill its disk: the site is always a whole one.

    python -m bench.publish_faults --kills 50 --each 2 --full-disks 10

Before each fault the archive is put back: one edition is published, and what it holds has changed since, with a
recording that has still to be encoded. After the fault `public/current` must be the old edition to the last byte, or
the new one. The next run must succeed, and leave nothing beside the edition.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.consent import Happening
from archive.folder import Archive
from archive.publish.sounds import cache
from tests.archive.publish.editions import decide, event
from tests.archive.publish.sites import BELL, STAIRS, a_small_archive, beside_the_site, on_the_site

STEPS = {  # where a run is stopped: the moment before this function is called
    "records checked": "publishing.select",
    "before a recording is encoded": "sounds._check_original",
    "a recording encoded, not noted": "sounds._note",
    "before the edition is written": "publishing.write_edition",
    "written, index to be made": "edition.index_edition",
    "before recordings are placed": "publishing.place_sounds",
    "before it is described": "publishing.write_metadata",
    "before the check": "publishing.structure_faults",
    "before the crawl": "publishing.crawl_faults",
    "before it is sealed": "publishing.seal",
    "before the ledger": "publishing.record_event",
    "ledger written": "publishing.put_in_place",
    "in its place, not linked": "site._lead_to",
    "linked, old one still there": "publishing.remove_others:2",
    "old one gone, copies still there": "publishing.clear_sounds",
}
STOPPED = (  # a real run, with one function that says that it is reached and then waits to be killed
    "import sys, time\n"
    "from archive.publish import edition, publishing, site, sounds\n"
    "step, _, times = sys.argv.pop(1).partition(':')\n"
    "module, name = step.split('.')\n"
    "reached, run = [], getattr(globals()[module], name)\n"
    "def stop(*said, **more):\n"
    "    reached.append(1)\n"
    "    if len(reached) < int(times or 1):\n"
    "        return run(*said, **more)\n"
    "    print('reached', flush=True)\n"
    "    time.sleep(600)\n"
    "setattr(globals()[module], name, stop)\n"
)
FEW_PAGES = (  # the runs that mend everything, and those stopped at a step, ask for few pages: the crawl takes longest
    "from dataclasses import replace\n"
    "from ingest.commands import publish as command\n"
    "wishes = command._wishes\n"
    "command._wishes = lambda *said, **more: replace(wishes(*said, **more), pages=5)\n"
    "from cli import main\n"
    "if __name__ == '__main__':\n"
    "    main()\n"
)
Manifest = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An archive as it is before each fault, and what its site is before and after a run that nobody disturbs."""

    template: Archive
    old: Manifest
    new: Manifest
    cached: frozenset[str]
    seconds: float


def main() -> int:
    """Run all faults, print a table, and return 1 where anything was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="at random moments")
    parser.add_argument("--each", type=int, default=2, help="kills at each named step")
    parser.add_argument("--full-disks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        bench = prepare(work)
        print(f"a run takes {bench.seconds:.1f} s\n\n{'kill -9':<36}{'times':>6}{'old':>5}{'new':>5}{'wrong':>7}")
        moments = [draw.uniform(0.0, bench.seconds * 1.1) for _ in range(chosen.kills)]
        wrong = told("at a random moment", [killed(bench, work, after=moment) for moment in moments])
        for words, step in STEPS.items():
            wrong += told(words, [killed(bench, work, step=step) for _ in range(chosen.each)])
        wrong += full_disks(bench, work, [draw.randint(0, 900) for _ in range(chosen.full_disks)])
    return int(wrong > 0)


def prepare(work: Path) -> Bench:
    """Publish once; then withdraw one recording and let another be cut, so that there is something to encode."""
    archive = a_small_archive(work / "template")
    run(archive)
    old = on_the_site(archive)
    with archive.write() as db:
        decide(db, BELL, event(Happening.WITHDRAWN))
    call(archive, "redact", "mark", STAIRS, "--from", "6", "--to", "7", "--reason", "a child is heard")
    with fresh(archive, work / "undisturbed") as other:
        began = time.monotonic()
        call(other, "publish")
        seconds = time.monotonic() - began
        return Bench(template=archive, old=old, new=on_the_site(other), cached=copies(other), seconds=seconds)


def killed(bench: Bench, work: Path, *, after: float | None = None, step: str | None = None) -> str:
    """Kill one run after so many seconds, or at a step; return what was seen then: old, new, or a fault."""
    with fresh(bench.template, work / "killed") as archive:
        how = ["-m", "cli"] if step is None else ["-c", STOPPED + FEW_PAGES, step]
        command = [sys.executable, *how, "-C", str(archive.path), "publish"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        ) as process:
            if step is None:
                time.sleep(after or 0.0)
            elif process.stdout is None or "reached\n" not in iter(process.stdout.readline, ""):
                return f"{step} was never reached"
            process.send_signal(signal.SIGKILL)
        return seen(bench, archive)


def seen(bench: Bench, archive: Archive) -> str:
    """Return what is seen after a fault, once the next run has mended everything."""
    site = on_the_site(archive)
    found = {tuple(bench.old.items()): "old", tuple(bench.new.items()): "new"}.get(tuple(site.items()))
    if found is None:
        return f"neither the old edition nor the new one: {sorted(site)}"
    run(archive)
    time.sleep(0.2)  # what went on beside the killed run would have written by now
    if on_the_site(archive) != bench.new:
        return "the next run made another edition"
    if left := [*beside_the_site(archive), *sorted(copies(archive) ^ bench.cached)]:
        return f"left over: {left}"
    return found


def full_disks(bench: Bench, work: Path, sizes: Sequence[int]) -> int:
    """Fill small disks while an edition is made, then make room; return how often anything was not as it must be."""
    if os.name == "nt" or os.geteuid() != 0:
        print("full disk: skipped, a small disk can only be mounted by root on Linux")
        return 0
    return told("full disk of a random size", [filled(bench, work, size) for size in sizes])


def filled(bench: Bench, work: Path, room: int) -> str:
    """Run where so many kilobytes are free, which must be said; then make room and run again."""
    disk = work / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(disk)], check=True)
    try:
        with fresh(bench.template, disk / "archive") as archive:
            size = sum(path.lstat().st_blocks for path in disk.rglob("*")) // 2 + room
            subprocess.run(["mount", "-o", f"remount,size={size}k", str(disk)], check=True)
            done = subprocess.run(
                [sys.executable, "-m", "cli", "-C", str(archive.path), "publish"],
                check=False, capture_output=True, text=True,
            )  # fmt: skip
            subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
            if done.returncode and ("disk is full" not in done.stderr or "Traceback" in done.stderr):
                return f"not said in words: {done.stderr[-800:]}"
            return seen(bench, archive)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def fresh(template: Archive, folder: Path) -> Iterator[Archive]:
    """Yield the archive as it was before, and remove it afterwards."""
    shutil.copytree(template.path, folder, symlinks=True)
    try:
        yield Archive(folder)
    finally:
        shutil.rmtree(folder)


def copies(archive: Archive) -> frozenset[str]:
    """Return what lies among the encoded copies, by name and content."""
    return frozenset(
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in cache(archive).glob("*")
    )


def run(archive: Archive) -> None:
    """Publish, undisturbed."""
    command = [sys.executable, "-c", FEW_PAGES, "-C", str(archive.path), "publish"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def call(archive: Archive, *arguments: str) -> None:
    """Run a command that must end well."""
    command = [sys.executable, "-m", "cli", "-C", str(archive.path), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def told(words: str, found: Sequence[str]) -> int:
    """Print one line of the table, and every fault; return how many there are."""
    counted = Counter(one if one in ("old", "new") else "wrong" for one in found)
    print(f"{words:<36}{len(found):>6}{counted['old']:>5}{counted['new']:>5}{counted['wrong']:>7}", flush=True)
    for one in found:
        if one not in ("old", "new"):
            print(f"  {one}")
    return counted["wrong"]


if __name__ == "__main__":
    sys.exit(main())
