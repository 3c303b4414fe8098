"""What the check found, and what was decided, in plain words for whoever has to decide."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from babel import Locale

from archive.crowd import Value
from archive.labels import value_names
from archive.query import Facet
from archive.reidentification import FACETS, Combination, Cure, Risk
from archive.singled_out import SingledOut

SHOWN = 40  # narrators whose risks are written out
WAYS = 3  # that are named after a risk
Names = Mapping[Value, str]
_ACCEPTED = (
    "select coalesce(name, accession) as whose, combination, actor, at from accepted_risks "
    "left join narrators on narrators.id = narrator left join testimonies on testimonies.id = -narrator "
    "order by whose, combination"
)


def risk_lines(
    conn: sqlite3.Connection, found: SingledOut, called: Mapping[int, str] | None = None, *, most: int = SHOWN
) -> Iterator[str]:
    """Yield what was found in an edition, a line for each risk and one for what would cure all of a narrator.

    `called`: the names by which the private archive knows the narrators, where the edition has others.
    """
    names = _names(conn, found.risks)
    of_each = [tuple(own) for _, own in groupby(found.risks, key=lambda risk: risk.narrator)]
    few = [own[0] for own in of_each if not own[0].combination]
    if few:
        yield _too_few(found, [(called or {}).get(risk.narrator, risk.name) for risk in few])
        return
    for own in of_each[:most]:
        yield from (_line(risk, names) for risk in own)
        yield _way_out(own, found, (called or {}).get(own[0].narrator, own[0].name))
    if len(of_each) > most:
        yield f"and {len(of_each) - most:,} more narrators, who are listed when these are decided"


def decided_lines(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield what of the private archive is published more generally, and what was accepted."""
    rows = conn.execute(
        "select accession, facet, key, broader, actor, at from generalisations "
        "join testimonies on testimonies.id = testimony order by accession, facet, key"
    )
    for accession, facet, key, broader, actor, at in rows:
        instead = f"{broader} instead" if broader else "left out"
        yield f"{accession}  {facet}:{key}: {instead} ({actor}, {at[:10]})"
    accepted = conn.execute(_ACCEPTED)
    for name, combination, actor, at in accepted:
        what = ", ".join(f"{facet}:{key}" for facet, key in json.loads(combination))
        yield f"{name}  accepted: {what or 'whatever singles them out'} ({actor}, {at[:10]})"


def decided_rows(conn: sqlite3.Connection) -> Iterator[dict[str, object]]:
    """Yield the same for programs."""
    columns = ("accession", "facet", "key", "broader", "by", "at")
    for row in conn.execute(
        "select accession, facet, key, broader, actor, at from generalisations "
        "join testimonies on testimonies.id = testimony order by accession, facet, key"
    ):
        yield {"decided": "generalised", **dict(zip(columns, row, strict=True))}
    for name, combination, actor, at in conn.execute(_ACCEPTED):
        yield {
            "decided": "accepted", "narrator": name, "combination": json.loads(combination), "by": actor, "at": at
        }  # fmt: skip


def _too_few(found: SingledOut, names: Sequence[str]) -> str:
    return (
        f"{found.persons} narrators are published in all, fewer than {found.k}: nobody can hide among so few. Publish "
        f"when there are more, or let somebody accept it for each of {', '.join(names)}: "
        "conricerca risk accept NARRATOR --all --by NAME"
    )


def _line(risk: Risk, names: Names) -> str:
    who = (
        f"is the only one of {risk.persons:,}"
        if risk.shared == 1
        else f"is one of only {risk.shared} of {risk.persons:,}"
    )
    ways = [_way(cure, names) for cure in risk.cures[:WAYS]]
    return f"{risk.name} {who} who {_what(risk.combination, names)}: {', or '.join([*ways, 'accept it'])}"


def _what(combination: Combination, names: Names) -> str:
    """Return a combination as what somebody does: speaks of Turin and of rent, and was recorded in 1979."""
    parts = [f"of {names[value]}" for value in combination if Facet(value[0]).vocabulary]
    said = [f"speaks {' and '.join(parts)}"] if parts else []
    for value in combination:
        if value[0] == Facet.TELLER:
            said.append(f"describes themself as {value[1]}")
        elif value[0] == Facet.RECORDED:
            said.append(f"was recorded in {names[value]}")
        elif value[0] == Facet.LANGUAGE:
            said.append(f"tells in {names[value]}")
    return " and ".join(said)


def _way(cure: Cure, names: Names) -> str:
    facet = cure.value[0]
    now = " and ".join(names[facet, key] for key in cure.keys)
    if cure.broader is not None:
        return f"publish {names[facet, cure.broader]} instead of {now}"
    whole = {Facet.RECORDED: "the year", Facet.LANGUAGE: "the language"}
    return f"leave {whole.get(Facet(facet), now)} out"


def _way_out(own: Sequence[Risk], found: SingledOut, name: str) -> str:
    """Return the commands that cure all the listed risks of a narrator, and the one that accepts them."""
    commands = [command for cure in _fewest(own) for command in _commands(own[0].narrator, cure, found)]
    accept = f"conricerca risk accept {shlex.quote(name)} --all --by NAME"
    number = "this" if len(own) == 1 else f"all {len(own)}"
    more = ", as far as they are listed here" if own[-1].more else ""
    return f"to cure {number} of {name}{more}: {'; '.join(commands)}; or to accept: {accept}"


def _fewest(own: Iterable[Risk]) -> list[Cure]:
    """Choose cures until none of the risks is left, each time the one that cures most for what is lost."""
    left, chosen = list(own), list[Cure]()
    while left:
        counted = Counter(cure for risk in left for cure in risk.cures)
        best = max(counted, key=lambda cure: (counted[cure] / cure.loss, -cure.loss, cure.value, cure.broader or ""))
        chosen.append(best)
        left = [risk for risk in left if best not in risk.cures]
    return sorted(chosen, key=lambda cure: FACETS.index(cure.value[0]))


def _commands(narrator: int, cure: Cure, found: SingledOut) -> Iterator[str]:
    for key in cure.keys:
        value = (cure.value[0], key)
        accessions = " ".join(found.accessions[narrator, value])
        instead = f"--to {shlex.quote(cure.broader)}" if cure.broader else "--leave-out"
        yield f"conricerca risk generalise {accessions} {shlex.quote(':'.join(value))} {instead}"


def _names(conn: sqlite3.Connection, risks: Iterable[Risk]) -> Names:
    """Return what all values in these risks and their cures are called."""
    values: set[Value] = set()
    for risk in risks:
        values.update(risk.combination)
        for cure in risk.cures:
            facet = cure.value[0]
            values.update((facet, key) for key in (*cure.keys, cure.broader) if key)
    known = value_names(conn, [(Facet(facet), key) for facet, key in values], "en")
    return {value: known.get((Facet(value[0]), value[1]), _plain_name(*value)) for value in values}


def _plain_name(facet: str, key: str) -> str:
    if facet == Facet.RECORDED and key.endswith("s"):
        return f"the {key}"
    if facet == Facet.LANGUAGE:
        return str(Locale("en").languages.get(key.partition("-")[0].lower(), key))
    return key
