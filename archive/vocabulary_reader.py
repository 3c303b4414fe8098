"""Reading a vocabulary file strictly: what it does not understand it refuses, with the line and the key."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from archive.errors import InvalidFile
from archive.records import StopPhrase, Term, Variant, Vocabulary, VocabularyName

_FILE_KEYS = ("vocabulary", "stop_list", "terms")
_TERM_KEYS = (
    "id", "labels", "scope_note", "parents", "variants", "match_case", "from", "until", "exact_match",
)  # fmt: skip
_PLACE_KEYS = ("kind", "latitude", "longitude", "precision_km")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_YEAR = re.compile(r"-?\d{1,4}")
_DECIMAL = re.compile(r"[-+]?\d+(\.\d+)?")
_URI = re.compile(r"https?://\S+|urn:\S+")
_DEPTH = 12  # a vocabulary file nests 5 deep; far deeper input is an attack on the parser
_SAID_AS = {"tag:yaml.org,2002:null": "nothing", "tag:yaml.org,2002:bool": "true or false"}


class VocabularyReader:
    """Reads the text of one file, and knows its path for the complaints."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def vocabulary(self, text: str) -> Vocabulary:
        """Return what the text says. Raises InvalidFile with the line of the first thing that cannot be."""
        name = self._name_of_file()
        root = self.root(text)
        entries = self._entries(root, _FILE_KEYS, "the file")
        if "vocabulary" not in entries:
            raise self._invalid(root, f"the key 'vocabulary' is missing: write 'vocabulary: {name}' at the top")
        if (said := self._text(entries["vocabulary"], "vocabulary")) != name:
            complaint = f"'vocabulary' is {said!r}, but a file of this name holds '{name}'"
            raise self._invalid(entries["vocabulary"], complaint)
        nodes = self._items(entries["terms"], "terms") if "terms" in entries else ()
        terms: list[Term] = []
        taken: dict[str, int] = {}
        for node in nodes:
            term = self._term(node, name)
            if term.slug in taken:
                raise self._invalid(node, f"the id {term.slug!r} is used twice, first in line {taken[term.slug]}")
            taken[term.slug] = line_of(node)
            terms.append(term)
        self._check_parents(terms, nodes)
        phrases = self._phrases(entries["stop_list"], "stop_list") if "stop_list" in entries else ()
        return Vocabulary(
            name=name,
            terms=tuple(terms),
            stop_phrases=tuple(StopPhrase(language=language, text=text) for language, text, _ in phrases),
        )

    def _name_of_file(self) -> VocabularyName:
        for name in VocabularyName:
            if self._path.stem == name.plural:
                return name
        known = ", ".join(f"{name.plural}.yml" for name in VocabularyName)
        raise InvalidFile(self._path, f"a vocabulary file is called one of {known}")

    def root(self, text: str) -> MappingNode:
        """Return the parsed file with its marks, for whoever edits it."""
        try:
            self._refuse_bombs(text)
            root = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = ", ".join(part for part in (error.context, error.problem) if part)
            raise InvalidFile(self._path, f"not YAML: {what}", line=mark.line + 1 if mark else None) from error
        except yaml.YAMLError as error:
            raise InvalidFile(self._path, f"not YAML: {' '.join(str(error).split())}") from error
        if root is None:
            raise InvalidFile(self._path, "the file is empty")
        if not isinstance(root, MappingNode):
            raise self._invalid(root, f"the file must hold the keys {', '.join(_FILE_KEYS)}")
        return root

    def _refuse_bombs(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else None
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InvalidFile(self._path, "anchors and aliases (& and *) are not allowed: write it out", line=line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > _DEPTH:
                raise InvalidFile(self._path, "nested too deep for a vocabulary", line=line)

    def _term(self, node: Node, name: VocabularyName) -> Term:
        keys = _TERM_KEYS + (_PLACE_KEYS if name is VocabularyName.PLACE else ())
        entries = self._entries(node, keys, "a term")
        for key in ("id", "labels"):
            if key not in entries:
                raise self._invalid(node, f"this term has no {key!r}")
        slug = self._text(entries["id"], "id")
        if not _SLUG.fullmatch(slug):
            raise self._invalid(entries["id"], f"the id {slug!r} may hold only a to z, 0 to 9 and hyphens")
        labels = self._labels(entries["labels"], slug)
        others = self._phrases(entries["variants"], "variants") if "variants" in entries else ()
        variants = dict.fromkeys(labels.items(), True)
        for language, text, _ in others:
            variants.setdefault((language, text), False)
        latitude, longitude = self._coordinates(node, entries)
        from_year, until_year = self._years(entries)
        return Term(
            vocabulary=name,
            slug=slug,
            preferred=labels.get("en") or next(iter(labels.values())),
            variants=tuple(Variant(language=lang, text=text, label=label) for (lang, text), label in variants.items()),
            scope_note=self._text(entries["scope_note"], "scope_note") if "scope_note" in entries else None,
            parents=self._unique_texts(entries, "parents"),
            match_case="match_case" in entries and self._truth(entries["match_case"], "match_case"),
            kind=self._text(entries["kind"], "kind") if "kind" in entries else None,
            latitude=latitude,
            longitude=longitude,
            precision_km=self._precision(entries),
            from_year=from_year,
            until_year=until_year,
            exact_match=self._addresses(entries),
        )

    def _labels(self, node: Node, slug: str) -> dict[str, str]:
        labels = {lang: self._text(text, f"labels.{lang}") for lang, text in self._languages(node, "labels")}
        if not labels:
            raise self._invalid(node, f"{slug!r} has no label: it needs one in at least one language")
        return labels

    def _coordinates(self, term: Node, entries: Mapping[str, Node]) -> tuple[float | None, float | None]:
        if ("latitude" in entries) != ("longitude" in entries):
            raise self._invalid(term, "'latitude' and 'longitude' belong together: give both or neither")
        if "latitude" not in entries:
            return None, None
        return self._decimal(entries["latitude"], "latitude", 90), self._decimal(entries["longitude"], "longitude", 180)

    def _precision(self, entries: Mapping[str, Node]) -> float | None:
        if "precision_km" not in entries:
            return None
        precision = self._decimal(entries["precision_km"], "precision_km", 20_040)
        if precision <= 0:
            raise self._invalid(entries["precision_km"], "'precision_km' must be more than 0")
        return precision

    def _years(self, entries: Mapping[str, Node]) -> tuple[int | None, int | None]:
        first, last = (self._year(entries[key], key) if key in entries else None for key in ("from", "until"))
        if first is not None and last is not None and first > last:
            raise self._invalid(entries["until"], f"'until' ({last}) is before 'from' ({first})")
        return first, last

    def _addresses(self, entries: Mapping[str, Node]) -> tuple[str, ...]:
        addresses = self._unique_texts(entries, "exact_match")
        for address in addresses:
            if not _URI.fullmatch(address):
                raise self._invalid(entries["exact_match"], f"'exact_match' holds {address!r}, which is not an address")
        return addresses

    def _check_parents(self, terms: list[Term], nodes: tuple[Node, ...]) -> None:
        parents = {term.slug: term.parents for term in terms}
        for term, node in zip(terms, nodes, strict=True):
            for parent in term.parents:
                if parent not in parents:
                    hint = _did_you_mean(parent, parents)
                    raise self._invalid(node, f"the parent {parent!r} of {term.slug!r} is no term of this file{hint}")
        if cycle := _cycle(parents):
            node = next(node for term, node in zip(terms, nodes, strict=True) if term.slug == cycle[0])
            way = " → ".join(cycle if len(cycle) < 8 else [*cycle[:3], "…", *cycle[-3:]])
            raise self._invalid(node, f"the parents of {cycle[0]!r} lead back to itself: {way}")

    def _entries(self, node: Node, known: tuple[str, ...], what: str) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in self._pairs(node, what):
            if key.value not in known:
                hint = _did_you_mean(key.value, known) or f" (known: {', '.join(known)})"
                raise self._invalid(key, f"{what} has no key {key.value!r}{hint}")
            entries[key.value] = value
        return entries

    def _pairs(self, node: Node, what: str) -> Iterator[tuple[ScalarNode, Node]]:
        if not isinstance(node, MappingNode):
            raise self._invalid(node, f"{what} must consist of 'key: value' pairs, not {_kind_of(node)}")
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self._invalid(key, f"a key of {what} must be a word")
            if key.value in seen:
                raise self._invalid(key, f"the key {key.value!r} stands twice in {what}")
            seen.add(key.value)
            yield key, value

    def _languages(self, node: Node, what: str) -> Iterator[tuple[str, Node]]:
        for key, value in self._pairs(node, f"'{what}'"):
            if not _LANGUAGE.fullmatch(key.value):
                complaint = f"'{what}' has {key.value!r} where a language code such as 'en' or 'mul' belongs"
                raise self._invalid(key, complaint)
            yield key.value, value

    def _phrases(self, node: Node, what: str) -> tuple[tuple[str, str, Node], ...]:
        return tuple(
            (language, self._text(item, f"{what}.{language}"), item)
            for language, items in self._languages(node, what)
            for item in self._items(items, f"{what}.{language}")
        )

    def _unique_texts(self, entries: Mapping[str, Node], key: str) -> tuple[str, ...]:
        if key not in entries:
            return ()
        return tuple(dict.fromkeys(self._text(item, key) for item in self._items(entries[key], key)))

    def _items(self, node: Node, key: str) -> tuple[Node, ...]:
        if isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null":
            return ()
        if not isinstance(node, SequenceNode):
            raise self._invalid(node, f"{key!r} must be a list, not {_kind_of(node)}")
        return tuple(node.value)

    def _text(self, node: Node, key: str) -> str:
        """The words as written: `no`, `1917` and `on` are words here, whatever YAML takes them for."""
        if not isinstance(node, ScalarNode):
            raise self._invalid(node, f"{key!r} must be text, not {_kind_of(node)}")
        text = " ".join(unicodedata.normalize("NFC", node.value).split())
        if not text or (node.tag == "tag:yaml.org,2002:null" and not node.style):
            raise self._invalid(node, f"{key!r} is empty")
        return text

    def _truth(self, node: Node, key: str) -> bool:
        if not isinstance(node, ScalarNode) or node.tag != "tag:yaml.org,2002:bool":
            raise self._invalid(node, f"{key!r} must be true or false, not {_kind_of(node)}")
        return node.value.lower() in ("true", "yes", "on")

    def _year(self, node: Node, key: str) -> int:
        if not isinstance(node, ScalarNode) or not _YEAR.fullmatch(node.value):
            raise self._invalid(node, f"{key!r} must be a year such as 1917, not {_kind_of(node)}")
        return int(node.value)

    def _decimal(self, node: Node, key: str, limit: float) -> float:
        if not isinstance(node, ScalarNode) or node.style or not _DECIMAL.fullmatch(node.value):
            raise self._invalid(node, f"{key!r} must be a number such as 55.86, not {_kind_of(node)}")
        if abs(number := float(node.value)) > limit:
            raise self._invalid(node, f"{key!r} is {node.value}, but must lie between -{limit:g} and {limit:g}")
        return number

    def _invalid(self, node: Node, complaint: str) -> InvalidFile:
        return InvalidFile(self._path, complaint, line=line_of(node))


# libyaml where PyYAML was built with it: ten times faster, and it keeps the line numbers just as well
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text_of(path: Path) -> str:
    """Return the text of a vocabulary file. Raises InvalidFile where it cannot be read as UTF-8."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidFile(path, "there is no such file") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile(path, "not UTF-8 text: save the file as UTF-8", line=line) from error


def line_of(node: Node) -> int:
    """Return the line in which a part of the file begins, counted from 1."""
    return int(node.start_mark.line) + 1


def _kind_of(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return _SAID_AS.get(node.tag) or repr(node.value)
    return "a list" if isinstance(node, SequenceNode) else "'key: value' pairs"


def _did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {close[0]!r}?" if close else ""


def _cycle(parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Terms that lead from one back to itself, or nothing."""
    done: set[str] = set()
    for start in parents:
        path: dict[str, Iterator[str]] = {}
        step: str | None = start if start not in done else None
        while step is not None or path:
            if step is not None:
                path[step] = iter(parents[step])
            last = next(reversed(path))
            step = next((parent for parent in path[last] if parent not in done), None)
            if step is None:
                done.add(last)
                del path[last]
            elif step in path:
                chain = list(path)
                return [*chain[chain.index(step) :], step]
    return []
