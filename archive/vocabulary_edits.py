"""Adding a term to a vocabulary file while every other line, with its comments and layout, stays as it is."""

from __future__ import annotations

import os
import re
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml
from yaml.nodes import SequenceNode

from archive.errors import InvalidFile
from archive.records import Term, Vocabulary
from archive.vocabularies import content_hash
from archive.vocabulary_reader import VocabularyReader, line_of, text_of


def write_term(path: Path, term: Term) -> None:
    """Add the term at the end of the file's terms, and leave every other line of the file as it is.

    The new text is read back before it replaces the file, in one step. Raises InvalidFile if the term cannot stand
    there (its id is taken, a parent is unknown) or if the file's layout leaves no safe place for it.
    """
    text = text_of(path)
    before = VocabularyReader(path).vocabulary(text)
    if term.vocabulary is not before.name:
        raise InvalidFile(path, f"holds {before.name.plural}, and {term.slug!r} is a {term.vocabulary}")
    if any(each.slug == term.slug for each in before):
        raise InvalidFile(path, f"there is a term with the id {term.slug!r} already")
    after = _with_term(path, text, term)
    wanted = Vocabulary(name=before.name, terms=(*before.terms, term), stop_phrases=before.stop_phrases)
    if content_hash(VocabularyReader(path).vocabulary(after)) != content_hash(wanted):
        raise InvalidFile(path, f"the layout of this file leaves no safe place for {term.slug!r}: add it by hand")
    _replace(path, after)


def _with_term(path: Path, text: str, term: Term) -> str:
    """The file's text with the term's block after the last of its terms."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = (text if text.endswith("\n") else text + newline).splitlines(keepends=True)
    root = VocabularyReader(path).root(text)
    node = next((value for key, value in root.value if key.value == "terms"), None)
    if node is None:
        head, at, indent = ["terms:" + newline], len(lines), 2
    elif isinstance(node, SequenceNode) and node.value and not node.flow_style:
        head, at, indent = [], _after(lines, node), int(node.start_mark.column)
    elif isinstance(node, SequenceNode) and node.value:
        raise InvalidFile(path, "write the terms one below the other, each after a '-'", line=line_of(node))
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
