"""How far the work is: a bar with the time left on a terminal, plain lines elsewhere, JSON lines for scripts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Protocol

from archive.printable import json_line, printable
from transcripts.timecode import format_timecode

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PLAIN_EVERY = 20.0  # seconds between two plain lines about the same work


class Reporter(Protocol):
    """Hears what is going on. `total` and `done` are counted in `unit`: seconds of sound, bytes, or testimonies."""

    def begin(self, work: str, *, total: float, unit: str) -> None:
        """Some work begins."""

    def advance(self, done: float) -> None:
        """So much of it is done."""

    def end(self) -> None:
        """It has ended."""

    def say(self, line: str, **facts: object) -> None:
        """Something worth a line; `facts` are the same for a script."""


class PlainReporter:
    """Lines of text, seldom enough for a log."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._work, self._total, self._unit, self._last = "", 0.0, "", 0.0

    def begin(self, work: str, *, total: float, unit: str) -> None:
        """Say what begins."""
        self._work, self._total, self._unit, self._last = work, total, unit, time.monotonic()
        self.say(f"{work} ({self._amount(total)})")

    def advance(self, done: float) -> None:
        """Say how far it is, every twenty seconds."""
        if time.monotonic() - self._last >= PLAIN_EVERY:
            self._last = time.monotonic()
            self.say(f"{self._work}: {self._amount(done)} of {self._amount(self._total)}")

    def end(self) -> None:
        """Say nothing: the outcome has its own line."""

    def say(self, line: str, **facts: object) -> None:
        """Print the line."""
        print(printable(line), file=self._stream, flush=True)

    def _amount(self, number: float) -> str:
        if self._unit == "seconds":
            return format_timecode(number)
        return f"{number / 1e6:.1f} MB" if self._unit == "bytes" else f"{number:.0f} {self._unit}"


class JsonReporter:
    """One JSON object a line, for scripts."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._work = ""

    def begin(self, work: str, *, total: float, unit: str) -> None:
        """Write what begins."""
        self._work = work
        self._write({"event": "begin", "work": work, "total": total, "unit": unit})

    def advance(self, done: float) -> None:
        """Write how far it is."""
        self._write({"event": "progress", "work": self._work, "done": round(done, 2)})

    def end(self) -> None:
        """Write that it has ended, unless nothing was going on."""
        if self._work:
            self._write({"event": "end", "work": self._work})
        self._work = ""

    def say(self, line: str, **facts: object) -> None:
        """Write the line with its facts."""
        self._write({"event": "message", "message": line, **facts})

    def _write(self, event: dict[str, object]) -> None:
        print(json_line(event), file=self._stream, flush=True)


class BarReporter:
    """A bar with the time left, on a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console

        self._console = Console(file=stream, highlight=False, markup=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, work: str, *, total: float, unit: str) -> None:
        """Show a bar."""
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self.end()
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=self._console, transient=True)
        self._task = self._progress.add_task(printable(work), total=total or None)
        self._progress.start()

    def advance(self, done: float) -> None:
        """Move the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done)

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
        self._progress = None

    def say(self, line: str, **facts: object) -> None:
        """Print the line above the bar."""
        self._console.print(printable(line))


def choose_reporter(*, as_json: bool, stream: IO[str] | None = None) -> Reporter:
    """Return the reporter that suits where the lines go."""
    stream = stream or sys.stdout
    if as_json:
        return JsonReporter(stream)
    return BarReporter(stream) if stream.isatty() else PlainReporter(stream)


def closing_line(counts: Mapping[str, int]) -> str:
    """Say how many of each thing there were, leaving out what did not happen: `2 added, 1 problem`."""
    said = (
        f"{count} {name.replace('_', ' ') if count > 1 else name.replace('_', ' ').removesuffix('s')}"
        for name, count in counts.items()
        if count
    )
    return ", ".join(said) or "nothing to do"


def progress_of(work: str, stream: IO[str]) -> Callable[[int, int], None]:
    """Return a function to call with how much is done and how much there is; nothing is shown before it is called."""
    report = choose_reporter(as_json=False, stream=stream)
    begun = False

    def advance(done: int, total: int) -> None:
        nonlocal begun
        if not begun:
            report.begin(work, total=total, unit="bytes")
            begun = True
        report.advance(done)
        if done >= total:
            report.end()

    return advance
