"""Bringing together what is to come in: the sources found and what a manifest or the command line says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from archive.records import Description
from ingest.descriptions import merge
from ingest.manifest import Manifest, read_manifest
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
    paths = tuple(paths)
    if listed and not paths:
        paths = tuple(entry.file for entry in listed.entries if entry.error is None)
    found = gather(paths, besides=[*besides, *([manifest] if manifest else [])])
    described = _by_file(listed) if listed else {}
    items = [_item(source, described, general) for source in found.sources]
    attached = {text for _, text in described.values() if text}
    kept = tuple(item for item in items if item.source.path.resolve() not in attached)
    failures = [f"{path}: there is no such file or folder" for path in found.missing]
    if listed:
        failures += [f"{listed.path}, line {entry.line}: {entry.error}" for entry in listed.entries if entry.error]
    remarks = [f"left alone, not a recording, account or transcript: {path}" for path in found.left_alone]
    remarks += [f"{listed.path}: {remark}" for remark in listed.remarks] if listed else []
    return Collected(items=kept, failures=tuple(failures), remarks=tuple(remarks))


def _by_file(manifest: Manifest) -> dict[Path, tuple[Description, Path | None]]:
    return {
        entry.file.resolve(): (entry.description, entry.transcript.resolve() if entry.transcript else None)
        for entry in manifest.entries
        if entry.error is None
    }


def _item(source: Source, described: dict[Path, tuple[Description, Path | None]], general: Description) -> Item:
    description, text = described.get(source.path.resolve(), (Description(), None))
    if text and source.recording:
        source = replace(source, text=text)
    return Item(source=source, description=merge(description, general))
