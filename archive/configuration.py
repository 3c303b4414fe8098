"""metadata.yml, as a group edits it: read with care, and whatever cannot be is said with its line and its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from archive.errors import InvalidFile

LARGEST = 1 << 20  # bytes
_WEB = re.compile(
    r"https?://(?P<host>[\w-]+(?:\.[\w-]+)*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:/[\w.~%!$&()*+,;=:@-]*)*"
)
_THIS_COMPUTER = re.compile(r"(?:[\w-]+\.)*localhost|127(?:\.[0-9]+){1,3}|0\.0\.0\.0|\[::1?\]", re.IGNORECASE)
ANONYMITY = 3  # narrators who must share whatever a narrator under a pseudonym could be looked for by
DEEPEST = 40  # mappings and lists inside each other; Datasette's own keys need eight


def read_metadata(path: Path) -> dict[str, Any]:
    """Return what metadata.yml says; an empty file says nothing.

    Raises InvalidFile, with the line, for what is no YAML or nothing that Datasette would understand.
    """
    root = _composed(path, _text(path))
    if root is None:
        return {}
    try:
        _with_keys(_TOP)(root, ())
        return dict(_Loader("").construct_document(root))
    except _Wrong as wrong:
        raise InvalidFile(path, wrong.sentence, line=wrong.node.start_mark.line + 1) from wrong
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(path, error) from error
    except ValueError as error:
        raise InvalidFile(path, f"is no YAML: {error}") from error


def anonymity(metadata: Mapping[str, Any]) -> int:
    """Return how many narrators must share what one of them could be recognised by, as a read metadata.yml says it."""
    ours = (metadata.get("plugins") or {}).get("conricerca") or {}
    return int(ours.get("anonymity") or ANONYMITY)


class _Wrong(Exception):
    """What is wrong with one node of the file, in a sentence."""

    def __init__(self, node: yaml.Node, sentence: str) -> None:
        super().__init__(sentence)
        self.node, self.sentence = node, sentence


class _Loader(yaml.SafeLoader):
    """Plain values only, not nested deeply: a date stays the text that it is."""

    depth = 0

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse `*name`, of which a few lines can stand for more than any memory holds, and endless nesting."""
        if self.check_event(yaml.AliasEvent):
            raise self._refusal("write it out: *references are not read here")
        if self.depth == DEEPEST:
            raise self._refusal("nested too deeply")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refusal(self, reason: str) -> yaml.MarkedYAMLError:
        return yaml.MarkedYAMLError(None, None, reason, self.peek_event().start_mark)  # type: ignore[no-untyped-call]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidFile(path, f"cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise InvalidFile(path, "is larger than 1 MB: it is for titles, descriptions and facets only")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(path, "is not UTF-8: save it as UTF-8", line=raw[: error.start].count(b"\n") + 1) from error


def _composed(path: Path, text: str) -> yaml.Node | None:
    """Return the file's tree of nodes, each with its line, or None where it is empty."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else None
        raise InvalidFile(path, "holds a character that no YAML file may hold", line=line) from error
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(path, error) from error
    return None if root is None or _is_null(root) else root


def _no_yaml(path: Path, error: yaml.MarkedYAMLError) -> InvalidFile:
    mark = error.problem_mark or error.context_mark
    return InvalidFile(path, f"is no YAML: {error.problem}", line=mark.line + 1 if mark else None)


Place: TypeAlias = tuple[str, ...]  # where in the file, such as ("databases", "archive", "tables")
Check: TypeAlias = Callable[[yaml.Node, Place], None]  # raises _Wrong


def _with_keys(keys: Mapping[str, Check], *, to: str = "Datasette") -> Check:
    """Make the check of a mapping whose names are known, `to` the program that reads it."""

    def check(node: yaml.Node, place: Place) -> None:
        for key, value in _items(node, place):
            here = (*place, key.value)
            if key.value not in keys:
                near = get_close_matches(key.value, keys, n=1)
                hint = f" (is {near[0]!r} meant?)" if near else ""
                raise _Wrong(key, f"{_name(here)} is nothing that {to} knows{hint}")
            keys[key.value](value, here)

    return check


def _map_of(each: Check) -> Check:
    """Make the check of a mapping whose names are free."""

    def check(node: yaml.Node, place: Place) -> None:
        for key, value in _items(node, place):
            each(value, (*place, key.value))

    return check


def _list_of(each: Check) -> Check:
    def check(node: yaml.Node, place: Place) -> None:
        if not isinstance(node, yaml.SequenceNode):
            raise _Wrong(node, f"{_name(place)} must be a list")
        for number, item in enumerate(node.value, 1):
            each(item, (*place, str(number)))

    return check


def _scalar(what: str, *tags: str) -> Check:
    def check(node: yaml.Node, place: Place) -> None:
        if not isinstance(node, yaml.ScalarNode) or node.tag.rpartition(":")[2] not in tags:
            raise _Wrong(node, f"{_name(place)} must be {what}")

    return check


def _items(node: yaml.Node, place: Place) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield each name and what it says; every name once."""
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong(node, f"{_name(place)} must consist of lines of the form 'name: what it says'")
    seen = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Wrong(key, f"{_name(place)} has a name that is no text")
        if key.value in seen:
            raise _Wrong(key, f"{_name((*place, key.value))} stands there twice")
        seen.add(key.value)
        yield key, value


def _name(place: Place) -> str:
    return ".".join(place) or "the file"


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _size(node: yaml.Node, place: Place) -> None:
    if not (isinstance(node, yaml.ScalarNode) and re.fullmatch("[1-9][0-9]{0,6}|max", node.value)):
        raise _Wrong(node, f"{_name(place)} must be a number from 1 up, or max")


def _facet(node: yaml.Node, place: Place) -> None:
    """Check one facet: a column's name, or one kind of facet and its column."""
    if not isinstance(node, yaml.MappingNode):
        _words(node, place)
    elif len(node.value) != 1:
        raise _Wrong(node, f"{_name(place)} must name one kind of facet, such as array: places")
    else:
        _map_of(_anything)(node, place)


def _query(node: yaml.Node, place: Place) -> None:
    """Check a query of the group's own: it only reads."""
    if not isinstance(node, yaml.ScalarNode):
        for key, value in _items(node, place):
            if key.value == "write" and value.value not in ("false", "no", "off"):
                raise _Wrong(key, f"{_name((*place, 'write'))}: nothing is written to an archive in this way")


def _plugin(node: yaml.Node, place: Place) -> None:
    """Check what a plugin is told; nothing at all is fine."""
    if not _is_null(node):
        _map_of(_anything)(node, place)


def _plugins(node: yaml.Node, place: Place) -> None:
    """Check what the plugins are told: ours what it knows, the others what they like."""
    for key, value in _items(node, place):
        ours = key.value == "conricerca" and not _is_null(value)
        (_OURS if ours else _plugin)(value, (*place, key.value))


def _address(node: yaml.Node, place: Place) -> None:
    """Check where others find the archive; empty while it has no such address."""
    if _is_null(node) or (isinstance(node, yaml.ScalarNode) and (not node.value or is_address(node.value))):
        return
    if isinstance(node, yaml.ScalarNode) and _host(node.value):
        raise _Wrong(node, f"{_name(place)} leads to this computer, which nobody else can open: leave it empty")
    raise _Wrong(node, f"{_name(place)} must be the whole address of a site, such as https://archive.example")


def is_address(text: str) -> bool:
    """Whether this is an address of the web that others can open, to which the paths of pages can be added."""
    return bool(_host(text)) and not _THIS_COMPUTER.fullmatch(_host(text))


def _anonymity(node: yaml.Node, place: Place) -> None:
    """Check how many narrators must share something; empty for as many as usual."""
    if not _is_null(node) and not (isinstance(node, yaml.ScalarNode) and re.fullmatch("[1-9][0-9]{0,5}", node.value)):
        raise _Wrong(node, f"{_name(place)} must be a whole number from 1 up, such as {ANONYMITY}; 1 checks nothing")


def _host(text: str) -> str:
    """Return the host that an address of the web names; nothing for any other text."""
    found = _WEB.fullmatch(text)
    return found["host"] if found and int(found["port"] or 0) <= 65535 else ""


def _anything(node: yaml.Node, place: Place) -> None:
    """Check only that no name stands there twice: what plugins and rules say is their own."""
    if isinstance(node, yaml.MappingNode):
        _map_of(_anything)(node, place)
    elif isinstance(node, yaml.SequenceNode):
        _list_of(_anything)(node, place)


_words = _scalar("a text", "str", "int", "float", "bool", "null")
_yes_or_no = _scalar("true or false", "bool")

_DESCRIBED: dict[str, Check] = {
    **dict.fromkeys(("title", "description", "description_html"), _words),
    **dict.fromkeys(("license", "license_url", "source", "source_url", "about", "about_url"), _words),
    "allow": _anything,
    "permissions": _anything,
    "plugins": _map_of(_plugin),
}
_TABLE: dict[str, Check] = {
    **_DESCRIBED,
    **dict.fromkeys(("sort", "sort_desc", "label_column", "fts_table", "fts_pk", "searchmode"), _words),
    **dict.fromkeys(("columns", "units"), _map_of(_words)),
    **dict.fromkeys(("size", "facet_size"), _size),
    "facets": _list_of(_facet),
    "sortable_columns": _list_of(_words),
    "hidden": _yes_or_no,
}
_DATABASE: dict[str, Check] = {
    **_DESCRIBED,
    "allow_sql": _anything,
    "tables": _map_of(_with_keys(_TABLE)),
    "queries": _map_of(_query),
}
_OURS = _with_keys({"address": _address, "anonymity": _anonymity, "contact": _words}, to="conricerca")
_TOP: dict[str, Check] = {
    **_DESCRIBED,
    "plugins": _plugins,
    "allow_sql": _anything,
    "databases": _map_of(_with_keys(_DATABASE)),
    **dict.fromkeys(("extra_css_urls", "extra_js_urls"), _list_of(_anything)),
}
