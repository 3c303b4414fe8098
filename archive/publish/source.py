"""Reading what may be published of one testimony out of the working archive, cut and generalised as it was decided.

Nothing else of the archive reaches an edition: what is not in these values cannot be published.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.consent import Attribution
from archive.generalising import exact_places, generalisations
from archive.publish.selection import Selected
from archive.redaction import Mark, Redacted, redact
from archive.redactions import approved_marks

Choices = Mapping[tuple[str, str], str | None]  # facet and key, and what is published in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One passage. `narrator` by its number in the archive; `terms` likewise; `words` are JSON, as `word_timings`."""

    start: float | None
    end: float | None
    narrator: int | None
    speaker: str | None
    text: str
    words: str | None
    confidence: float | None
    reviewed: bool
    terms: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """A narrator whom the entry names. `described` is how they describe themselves."""

    narrator: int
    name: str
    note: str | None
    attribution: Attribution
    described: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One testimony as it is published. `text` says how its transcript was made; `said` are its descriptive columns."""

    selected: Selected
    said: Mapping[str, str | None]
    tellers: tuple[Teller, ...]
    text: Mapping[str, str | None]
    lines: tuple[Line, ...]
    terms: tuple[int, ...]
    notes: tuple[tuple[str, str | None, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Source:
    """The working archive, read in one transaction."""

    conn: sqlite3.Connection
    generalised: Mapping[int, Choices]
    exact: Mapping[int, int | None]
    slugs: Mapping[int, tuple[str, str]]
    numbers: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, conn: sqlite3.Connection) -> Source:
        """Read what is decided for all testimonies."""
        slugs = {
            number: (vocabulary, slug)
            for number, vocabulary, slug in conn.execute("select id, vocabulary, slug from terms")
        }
        numbers = {names: number for number, names in slugs.items()}
        return cls(conn, generalisations(conn), exact_places(conn), slugs, numbers)

    def read(self, selected: Selected) -> Account:
        """Return one testimony as it is published."""
        changes = self.generalised.get(selected.number, {})
        tellers = tuple(self._tellers(selected, changes))
        return Account(
            selected=selected,
            said=self.described(selected),
            tellers=tellers,
            text=self._text(selected),
            lines=tuple(self._lines(selected, changes)),
            terms=tuple(self._terms_of_the_whole(selected, changes)),
            notes=tuple(
                self.conn.execute(
                    "select kind, language, text from content_notes where testimony = ? order by id", [selected.number]
                )
            ),
        )

    def described(self, selected: Selected) -> dict[str, str | None]:
        """Return what the catalogue says of one testimony."""
        changes = self.generalised.get(selected.number, {})
        names = ("title", "kind", "language", "recorded_on", "place", "summary", "collection", "label", "sources")
        row = self.conn.execute(
            f"select {', '.join(names)}, accessioned_at from testimonies where id = ?",  # noqa: S608 - our own names
            [selected.number],
        ).fetchone()
        said: dict[str, str | None] = dict(zip((*names, "accessioned_on"), row, strict=True))
        said["accessioned_on"] = str(said["accessioned_on"])[:10]
        said["summary"] = said["summary"] if selected.summary else None
        said["place"] = self._place(said["place"], selected, changes)
        for column, facet in (("language", "language"), ("recorded_on", "recorded")):
            said[column] = _instead(said[column], facet, changes)
        return said

    def _place(self, name: str | None, selected: Selected, changes: Choices) -> str | None:
        """Return where it was recorded; without leave for the exact place only as a place of the vocabulary says it."""
        row = self.conn.execute(
            "select term from variants join terms on terms.id = term where text = ? and vocabulary = 'place' "
            "order by label desc, term limit 1",
            [name],
        ).fetchone()
        if row is None:
            return _instead(name, "place", changes) if selected.exact_place else None
        shown = self._shown(int(row[0]), selected, changes)
        if shown == row[0]:
            return name
        return None if shown is None else self._label(shown)

    def _label(self, term: int) -> str:
        return str(self.conn.execute("select preferred from terms where id = ?", [term]).fetchone()[0])

    def _shown(self, term: int, selected: Selected, changes: Choices) -> int | None:
        """Return the term that is published in the place of this one, None for none."""
        names = self.slugs[term]
        if names in changes:
            instead = changes[names]
            return None if instead is None else self.numbers.get((names[0], instead))
        if selected.exact_place or term not in self.exact:
            return term
        broader = self.exact[term]
        return None if broader is None else self._shown(broader, selected, changes)

    def _tellers(self, selected: Selected, changes: Choices) -> Iterator[Teller]:
        rows = self.conn.execute(
            "select narrators.id, name, note from contributions join narrators on narrators.id = narrator "
            "where testimony = ? and role = 'narrator' order by position",
            [selected.number],
        ).fetchall()
        for narrator, name, note in rows:
            if narrator in selected.named:
                described = self.conn.execute(
                    "select described from tellers where narrator = ? order by described", [narrator]
                )
                yield Teller(
                    narrator=narrator,
                    name=name,
                    note=note,
                    attribution=selected.named[narrator],
                    described=tuple(one for (one,) in described if ("teller", one) not in changes),
                )

    def _text(self, selected: Selected) -> dict[str, str | None]:
        row = self.conn.execute(
            "select transcripts.kind, transcripts.language, engine, model from testimonies "
            "join transcripts on transcripts.id = transcript where testimonies.id = ?",
            [selected.number],
        ).fetchone()
        kind, language, engine, model = row or (None, None, None, None)
        # a model can be the path of a folder on somebody's computer
        named = None if model is None else str(model).replace("\\", "/").rstrip("/").rpartition("/")[2]
        return {"kind": kind, "language": language, "engine": engine, "model": named}

    def _lines(self, selected: Selected, changes: Choices) -> Iterator[Line]:
        if not selected.readable:
            return
        marks = approved_marks(self.conn, selected.number)
        tags = self._tags(selected)
        speakers: dict[str, str] = {}
        # passages hold what the team may read, and whose words they are
        rows = self.conn.execute(
            'select passages.id, passages.start, passages."end", passages.narrator, segments.speaker, passages.text, '
            "words, confidence, reviewed from passages join segments on segments.id = passages.id "
            "left join word_timings on segment = passages.id where passages.testimony = ? order by passages.position",
            [selected.number],
        )
        for number, start, end, narrator, speaker, text, words, confidence, reviewed in rows:
            if narrator not in selected.readable:
                continue
            cut = _redacted(text, words if selected.sound else None, marks.get(number, ()))
            yield Line(
                start=start,
                end=end,
                narrator=narrator if narrator in selected.named else None,
                speaker=_speaker(speaker, speakers) if narrator is None else None,
                text=cut.text if cut else text,
                words=_words_of(cut) if cut and words and selected.sound else words if selected.sound else None,
                confidence=confidence,
                reviewed=bool(reviewed),
                terms=self._terms(tags.get(number, ()), cut, selected, changes),
            )

    def _tags(self, selected: Selected) -> dict[int, list[tuple[int, int, int]]]:
        """Return term, first and last character of the tags that count, by segment."""
        found: dict[int, list[tuple[int, int, int]]] = {}
        rows = self.conn.execute(
            "select segment, term, start_char, end_char from counted_tags join terms on terms.id = term "
            "where testimony = ? and segment is not null order by segment, start_char, vocabulary, slug",
            [selected.number],
        )
        for segment, *tag in rows:
            found.setdefault(segment, []).append((tag[0], tag[1], tag[2]))
        return found

    def _terms(
        self, tags: Sequence[tuple[int, int, int]], cut: Redacted | None, selected: Selected, changes: Choices
    ) -> tuple[int, ...]:
        """Return the terms of a passage; one whose words are cut is not told by its tag."""
        kept = (term for term, first, last in tags if cut is None or cut.moved(first, last) is not None)
        return tuple(dict.fromkeys(shown for term in kept if (shown := self._shown(term, selected, changes))))

    def _terms_of_the_whole(self, selected: Selected, changes: Choices) -> Iterator[int]:
        rows = self.conn.execute(
            "select distinct term from counted_tags join terms on terms.id = term "
            "where testimony = ? and segment is null order by vocabulary, slug",
            [selected.number],
        ).fetchall()
        yield from dict.fromkeys(shown for (term,) in rows if (shown := self._shown(term, selected, changes)))


def _instead(value: str | None, facet: str, changes: Choices) -> str | None:
    """Return the value, or what is published in its place; a date is generalised by its year."""
    for key in (value, (value or "")[:4]):
        if key is not None and (facet, key) in changes:
            return changes[facet, key]
    return value


def _redacted(text: str, words: str | None, marks: Sequence[Mark]) -> Redacted | None:
    return redact(text, [tuple(word) for word in json.loads(words or "[]")], marks) if marks else None


def _words_of(cut: Redacted) -> str:
    return json.dumps(cut.words, ensure_ascii=False, separators=(",", ":"))


def _speaker(label: str | None, known: dict[str, str]) -> str | None:
    """Return a label for whoever is no narrator: a source's own may be somebody's name."""
    if label is None:
        return None
    return known.setdefault(label.casefold(), f"Speaker {len(known) + 1}")
