"""Bringing together what is to come in: the sources found and what a manifest or the command line says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.records import Description
from ingest.descriptions import merge
from ingest.manifest import Entry, Manifest, read_manifest
from ingest.pipeline import Item
from ingest.sources import Source, gather


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What is to come in, what went wrong before anything was opened, and what is only worth a remark."""

    items: tuple[Item, ...]
    failures: tuple[str, ...]
    remarks: tuple[str, ...]


def items_of(
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    description: Description | None = None,
    besides: Iterable[Path] = (),
) -> Collected:
    """Find the sources of the paths, or else of the manifest, and describe each.

    A manifest's line says more than the options, which hold for every source.
    """
    general = description or Description()
    listed = read_manifest(manifest) if manifest else None
    said = _by_file(listed) if listed else {}
    paths = tuple(paths)
    if listed and not paths:
        paths = tuple(entry.file for entry in said.values())
    attached = [entry.transcript for entry in said.values() if entry.transcript]
    found = gather(paths, besides=[*besides, *([manifest] if manifest else []), *attached])
    failures, remarks = list(found.failures), [*found.left_alone, *_replaced(found.sources, said)]
    if listed:
        failures += [f"{listed.path}, line {entry.line}: {entry.error}" for entry in listed.entries if entry.error]
        remarks += [f"{listed.path}: {remark}" for remark in listed.remarks]
    items = tuple(_item(source, said, general) for source in found.sources)
    return Collected(items=items, failures=tuple(failures), remarks=tuple(remarks))


def _by_file(manifest: Manifest) -> dict[Path, Entry]:
    return {entry.file.resolve(): entry for entry in manifest.entries if entry.error is None}


def _named_transcript(source: Source, said: dict[Path, Entry]) -> Path | None:
    """The transcript that the manifest names for a recording; it counts for more than one that lies beside it."""
    entry = said.get(source.path.resolve())
    return entry.transcript if entry and source.recording else None


def _replaced(sources: Iterable[Source], said: dict[Path, Entry]) -> Iterator[str]:
    """Say which texts beside recordings stay out, since the manifest names another."""
    for source in sources:
        named = _named_transcript(source, said)
        if named and source.text:
            yield f"left alone, the manifest names {named.name} as the transcript of {source.path.name}: {source.text}"


def _item(source: Source, said: dict[Path, Entry], general: Description) -> Item:
    """Describe a source by its line, then by that of the text beside it if it has one of its own, then in general."""
    files = [file.resolve() for file in (source.recording, source.text) if file]
    description = Description()
    for line in (said[file] for file in files if file in said):
        description = merge(description, line.description)
    text = _named_transcript(source, said) or source.text
    return Item(source=replace(source, text=text), description=merge(description, general))
