"""The vocabulary files of an archive, places.yml, movements.yml and themes.yml, which people write by hand.

The loader is strict: what it does not understand it refuses, with the line and the key, so that no term gets lost.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from archive.errors import InvalidFile
from archive.records import ANY_LANGUAGE, StopPhrase, Term, Variant, Vocabulary, VocabularyName

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


def read_vocabularies(folder: Path) -> tuple[Vocabulary, ...]:
    """The vocabularies of a folder: places, movements, themes. Raises InvalidFile."""
    return tuple(read_vocabulary(folder / f"{name.plural}.yml") for name in VocabularyName)


def read_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary that a file holds. Raises InvalidFile with the line and the key of the first fault."""
    return _Reader(path).vocabulary(_text_of(path))


def warnings(vocabulary: Vocabulary) -> tuple[str, ...]:
    """What is allowed but will leave tags for people to review: the same words for two terms in one language."""
    claims: defaultdict[str, list[tuple[Term, Variant]]] = defaultdict(list)
    for term in vocabulary:
        for variant in term.variants:
            claims[variant.text.lower()].append((term, variant))
    found: dict[str, None] = {}
    for rivals in claims.values():
        for (one, ones), (other, others) in combinations(rivals, 2):
            if one.slug == other.slug or not _same_language(ones.language, others.language):
                continue
            if one.match_case and other.match_case and ones.text != others.text:
                continue
            language = others.language if ones.language == ANY_LANGUAGE else ones.language
            found[f"{ones.text!r} ({language}) is a variant of both {one.slug!r} and {other.slug!r}"] = None
    return tuple(found)


def content_hash(vocabulary: Vocabulary) -> str:
    """SHA-256 (hexadecimal) of what the vocabulary says, whatever the order, layout and comments of its file."""

    def term(term: Term) -> list[object]:
        return [
            term.slug, term.preferred, sorted((v.language, v.text, v.label) for v in term.variants), term.scope_note,
            sorted(term.parents), term.match_case, term.kind,
            [None if each is None else float(each) for each in (term.latitude, term.longitude, term.precision_km)],
            term.from_year, term.until_year, sorted(term.exact_match),
        ]  # fmt: skip

    meaning = [
        vocabulary.name.value,
        [term(each) for each in sorted(vocabulary.terms, key=lambda term: term.slug)],
        sorted((phrase.language, phrase.text) for phrase in vocabulary.stop_phrases),
    ]
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def fold(name: str) -> str:
    """The form in which two names are compared: case, accents, hyphens, apostrophes and spacing do not count."""
    if name.isascii():
        plain = name.lower().replace("'", "").replace("`", "")
    else:
        decomposed = unicodedata.normalize("NFKD", name.casefold()).translate(_FOLDED)
        plain = unicodedata.normalize("NFC", _ACCENT.sub("", decomposed))
    return " ".join(_BETWEEN_WORDS.sub(" ", plain).split())


# marks of Latin, Greek, Cyrillic, Hebrew and Arabic only: in other scripts the marks are vowels and make the word
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670'’ʼ‘`´ʻʿʾ]")
_FOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_BETWEEN_WORDS = re.compile(r"[-‐‑‒–—./,()\s]+")


def write_term(path: Path, term: Term) -> None:
    """Add the term at the end of the file's terms, and leave every other line of the file as it is.

    The new text is read back before it replaces the file, in one step. Raises InvalidFile if the term cannot stand
    there (its id is taken, a parent is unknown) or if the file's layout leaves no safe place for it.
    """
    text = _text_of(path)
    before = _Reader(path).vocabulary(text)
    if term.vocabulary is not before.name:
        raise InvalidFile(path, f"holds {before.name.plural}, and {term.slug!r} is a {term.vocabulary}")
    if any(each.slug == term.slug for each in before):
        raise InvalidFile(path, f"there is a term with the id {term.slug!r} already")
    after = _with_term(path, text, term)
    wanted = Vocabulary(name=before.name, terms=(*before.terms, term), stop_phrases=before.stop_phrases)
    if content_hash(_Reader(path).vocabulary(after)) != content_hash(wanted):
        raise InvalidFile(path, f"the layout of this file leaves no safe place for {term.slug!r}: add it by hand")
    _replace(path, after)


class _Reader:
    """Reads the text of one file, and knows its path for the complaints."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def vocabulary(self, text: str) -> Vocabulary:
        name = self._name_of_file()
        root = self._root(text)
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
            taken[term.slug] = _line(node)
            terms.append(term)
        self._check_parents(terms, nodes)
        phrases = self._phrases(entries["stop_list"], "stop_list") if "stop_list" in entries else ()
        return Vocabulary(
            name=name,
            terms=tuple(terms),
            stop_phrases=tuple(StopPhrase(language=language, text=text) for language, text, _ in phrases),
        )

    def root(self, text: str) -> MappingNode:
        return self._root(text)

    def _name_of_file(self) -> VocabularyName:
        for name in VocabularyName:
            if self._path.stem == name.plural:
                return name
        known = ", ".join(f"{name.plural}.yml" for name in VocabularyName)
        raise InvalidFile(self._path, f"a vocabulary file is called one of {known}")

    def _root(self, text: str) -> MappingNode:
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
        return InvalidFile(self._path, complaint, line=_line(node))


# libyaml where PyYAML was built with it: ten times faster, and it keeps the line numbers just as well
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidFile(path, "there is no such file") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile(path, "not UTF-8 text: save the file as UTF-8", line=line) from error


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _kind_of(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return _SAID_AS.get(node.tag) or repr(node.value)
    return "a list" if isinstance(node, SequenceNode) else "'key: value' pairs"


def _did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {close[0]!r}?" if close else ""


def _same_language(one: str, other: str) -> bool:
    return one == other or ANY_LANGUAGE in (one, other)


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


def _with_term(path: Path, text: str, term: Term) -> str:
    """The file's text with the term's block after the last of its terms."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = (text if text.endswith("\n") else text + newline).splitlines(keepends=True)
    root = _Reader(path).root(text)
    node = next((value for key, value in root.value if key.value == "terms"), None)
    if node is None:
        head, at, indent = ["terms:" + newline], len(lines), 2
    elif isinstance(node, SequenceNode) and node.value and not node.flow_style:
        head, at, indent = [], _after(lines, node), int(node.start_mark.column)
    elif isinstance(node, SequenceNode) and node.value:
        raise InvalidFile(path, "write the terms one below the other, each after a '-'", line=_line(node))
    else:
        at = int(node.start_mark.line)
        line = next(index for index in range(at, -1, -1) if lines[index].startswith("terms"))
        head, indent = [re.sub(r":\s*(\[\s*\]|~|null)?", ":", lines[line], count=1).rstrip() + newline], 2
        lines, at = [*lines[:line], *lines[line + 1 :]], line
    block = [" " * indent + line + newline for line in _block(term).splitlines()]
    return "".join([*lines[:at], *head, *block, *lines[at:]])


def _after(lines: list[str], terms: SequenceNode) -> int:
    """The line after the last term: comments and blank lines that follow belong to what comes next."""
    end = min(int(terms.end_mark.line), len(lines))
    if end < len(lines) and terms.end_mark.column:
        end += 1
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _block(term: Term) -> str:
    """The term as a vocabulary file has it, unindented."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    for variant in term.variants:
        if not variant.label:
            others[variant.language].append(variant.text)
    fields: dict[str, object] = {
        "id": term.slug,
        "labels": {variant.language: variant.text for variant in term.variants if variant.label},
        "scope_note": term.scope_note,
        "parents": list(term.parents),
        "variants": dict(others),
        "match_case": term.match_case,
        "from": term.from_year,
        "until": term.until_year,
        "kind": term.kind,
        "latitude": term.latitude,
        "longitude": term.longitude,
        "precision_km": term.precision_km,
        "exact_match": list(term.exact_match),
    }
    said = {key: value for key, value in fields.items() if not (value is None or value is False or value in ([], {}))}
    return yaml.safe_dump([said], allow_unicode=True, sort_keys=False, default_flow_style=None, width=10_000)


def _replace(path: Path, text: str) -> None:
    """Put the text in the file's place in one step, so that a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
