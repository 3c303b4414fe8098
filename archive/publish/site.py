"""The folder of an edition, and the switch that puts it in the place of the one before, all at once or not at all.

public/editions/<name>/public.db, media/, metadata.yml        one edition
public/current -> editions/<name>                             the one that is served
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path
from typing import Any

import yaml

from archive.configuration import read_metadata
from archive.folder import Archive
from archive.media import sha256_of, to_disk
from archive.publish.allowlist import COLUMNS, DERIVED
from archive.publish.edition import open_edition
from archive.publish.sounds import FIXED_TIME
from archive.web.settings import settings

DATABASE = "public.db"
_SAID = (  # what of metadata.yml is published, besides what it says of published tables
    "title", "description", "description_html", "license", "license_url", "source", "source_url", "about", "about_url",
)  # fmt: skip
_OF_TABLES = ("title", "description", "columns", "facets", "facet_size", "hidden", "sort", "sort_desc", "size",
              "label_column", "sortable_columns", "fts_table", "fts_pk", "searchmode", "units")  # fmt: skip


def public(archive: Archive) -> Path:
    """Where everything that was published lies."""
    return archive.path / "public"


def current(archive: Archive) -> Path | None:
    """Return the folder of the edition that is served, None where there is none."""
    link = public(archive) / "current"
    return link.resolve() if link.is_dir() else None


def write_metadata(archive: Archive, site: Path) -> None:
    """Write what Datasette says about the edition: of the archive's own metadata.yml only what is meant for readers."""
    said = read_metadata(archive.metadata) if archive.metadata.exists() else {}
    kept: dict[str, Any] = {name: said[name] for name in _SAID if name in said}
    address = ((said.get("plugins") or {}).get("conricerca") or {}).get("address")
    if address:
        kept["plugins"] = {"conricerca": {"address": address}}
    tables = ((said.get("databases") or {}).get("archive") or {}).get("tables") or {}
    described = {
        name: {key: table[key] for key in _OF_TABLES if key in table}
        for name, table in tables.items()
        if name in COLUMNS.keys() | DERIVED
    }
    kept["databases"] = {"public": {"tables": {name: _columns(name, table) for name, table in described.items()}}}
    text = yaml.safe_dump(kept, allow_unicode=True, sort_keys=True)
    (site / "metadata.yml").write_text(text, encoding="utf-8")


def write_settings(site: Path) -> None:
    """Write what `datasette FOLDER` needs in order to serve the edition as `conricerca serve --public` does."""
    (site / "settings.json").write_text(json.dumps(settings(), indent=2, sort_keys=True))
    database = site / DATABASE
    with closing(open_edition(database)) as conn:
        tables = [name for (name,) in conn.execute("select name from sqlite_master where type = 'table' order by name")]
        counted = {name: {"count": conn.execute(f"select count(*) from {name}").fetchone()[0]} for name in tables}  # noqa: S608
    said = {"hash": sha256_of(database), "size": database.stat().st_size, "file": DATABASE, "tables": counted}
    (site / "inspect-data.json").write_text(json.dumps({"public": said}, indent=2, sort_keys=True))


def seal(site: Path) -> str:
    """Give every file and folder the same time, have all of it on the disk, and return the name of the edition."""
    everything = [*sorted(site.rglob("*")), site]
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)
        if path.is_file():
            to_disk(path)
        os.utime(path, (FIXED_TIME, FIXED_TIME))
    for path in everything:
        if path.is_dir():
            to_disk(path)
    return name_of(site)


def name_of(site: Path) -> str:
    """Return what an edition is called: the hash of all its files, with their names."""
    digest = hashlib.sha256()
    for path in sorted(site.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(site).as_posix()} {sha256_of(path)}\n".encode())
    return digest.hexdigest()


def put_in_place(archive: Archive, site: Path, name: str) -> Path:
    """Give a sealed edition its place and let `current` lead to it; before the last step nothing has changed."""
    place = _place(archive, name)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        site.rename(place)
        to_disk(place.parent)
    _lead_to(archive, place)
    return place


def _lead_to(archive: Archive, place: Path) -> None:
    """Let `current` lead to an edition, from one moment to the next."""
    link = public(archive) / ".next"
    remove(link)
    link.symlink_to(place.relative_to(public(archive)))
    if _is_folder(public(archive) / "current"):
        close(archive)  # no link takes the place of a folder
    link.replace(public(archive) / "current")
    to_disk(public(archive))


def is_up(archive: Archive) -> bool:
    """Whether there is a site, or what leads to one."""
    return os.path.lexists(public(archive) / "current")


def close(archive: Archive) -> bool:
    """Let nobody see the site any longer, whoever else is at work; return whether there was one.

    The editions stay where they lie, until whoever writes alone removes them.
    """
    link = public(archive) / "current"
    if _is_folder(link):  # somebody has copied the archive and followed its links
        link.rename(Path(tempfile.mkdtemp(prefix=".building-", dir=public(archive))) / "current")
    elif not is_up(archive):
        return False
    else:
        link.unlink(missing_ok=True)
    to_disk(public(archive))
    return True


def take_down(archive: Archive) -> bool:
    """Take the site away at once, and every edition; return whether there was one. Whoever calls writes alone."""
    there = close(archive)
    remove_others(archive)
    return there


def remove_others(archive: Archive) -> tuple[Path, ...]:
    """Remove every edition but the one that is served, and what an interrupted run left; return what is still there."""
    served = current(archive)
    editions = [path for path in (public(archive) / "editions").glob("*") if path.resolve() != served]
    return tuple(path for path in [*editions, *public(archive).glob(".building-*")] if not remove(path))


def remove(path: Path) -> bool:
    """Remove a file, a link or a folder with all in it; return whether it is gone."""
    if _is_folder(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def shown(archive: Archive) -> frozenset[str] | None:
    """Return which testimonies the site shows, as it says itself, not the ledger; None where that cannot be read."""
    site = current(archive)
    if site is None:
        return frozenset()
    try:
        with closing(open_edition(site / DATABASE)) as edition:
            return frozenset(accession for (accession,) in edition.execute("select accession from testimonies"))
    except sqlite3.DatabaseError:
        return None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _place(archive: Archive, name: str) -> Path:
    """Return where an edition is put: where the same one lies whole already, or else where nothing lies."""
    editions = public(archive) / "editions"
    places = chain([editions / name[:16]], (editions / f"{name[:16]}-{number}" for number in count(2)))
    return next(place for place in places if not place.exists() or name_of(place) == name)


def _columns(table: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a table without the columns that an edition leaves empty."""
    columns = said.get("columns") or {}
    shown = {name: words for name, words in columns.items() if name in COLUMNS.get(table, columns)}
    return {**said, "columns": shown} if shown else {key: value for key, value in said.items() if key != "columns"}
