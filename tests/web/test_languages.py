"""The pages speak the reader's language, whole."""

from __future__ import annotations

import re
from functools import cache
from gettext import NullTranslations, c2py
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from archive.web import languages, wording
from archive.web.languages import OFFERED, SOURCE, choose, speaking
from tests.web.builders import STAIRS, WAITING
from tests.web.served import ask

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "archive" / "web" / "locale"
OTHERS = tuple(code for code in OFFERED if code != SOURCE)
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "counted": (1, 2)}


@cache
def said_in_the_program() -> set[str | tuple[str, ...]]:
    """Every message in our modules and templates."""
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT / "archive", _below(methods), _options(options), KEYWORDS)
    return {message for _, _, message, _, _ in found if message}


def _below(methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(pattern.removeprefix("archive/"), method) for pattern, method in methods]


def _options(options: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {pattern.removeprefix("archive/"): some for pattern, some in options.items()}


def catalogue(code: str) -> Catalog:
    """The translations into one language."""
    with (LOCALE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def forms(message: Message) -> list[str]:
    """Every form of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(text: str) -> set[str]:
    """The places to fill in a message."""
    return set(re.findall(r"%\(\w+\)\w|\{\w+\}", text))


@pytest.mark.parametrize("code", OTHERS)
def test_no_string_is_missing_from_a_catalogue(code: str) -> None:
    known = {tuple(m.id) if isinstance(m.id, list | tuple) else m.id for m in catalogue(code) if m.id}
    assert not said_in_the_program() - known, "run 'make translations', then translate"


@pytest.mark.parametrize("code", OTHERS)
def test_every_string_is_translated_in_every_form(code: str) -> None:
    translations = catalogue(code)
    for message in translations:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        assert all(forms(message)), message.id
        if isinstance(message.id, list | tuple):
            assert len(forms(message)) == translations.num_plurals, message.id


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_fills_the_same_places(code: str) -> None:
    translations = catalogue(code)
    for message in translations:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = {place for text in ids for place in placeholders(text)}
        for which, form in enumerate(forms(message)) if message.id else ():
            may_lack = COUNTED if numbers_of(translations, which) == 1 else set()
            assert placeholders(form) <= wanted <= placeholders(form) | may_lack, (message.id, form)


COUNTED = {"%(num)s", "%(number)s"}  # "two passages" is one word in Arabic


def numbers_of(translations: Catalog, which: int) -> int:
    """How many numbers, as far as 200, take this form of the plural."""
    if translations.num_plurals == 1:
        return 200
    choose_form = c2py(translations.plural_expr)
    return sum(choose_form(number) == which for number in range(200))


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "es-AR,es;q=0.9,en;q=0.8", "es"),
        (None, "de, fr-CA;q=0.5", "fr"),
        (None, "tlh", "en"),
        ("it", "es", "it"),
        (None, "fr;q=0.3, de, it;q=0.9", "it"),
        (None, "fr;q=0, es;q=0.1", "es"),
        ("xx", "ar", "ar"),
        ("../../etc", "*;q=x," * 500, "en"),
    ],
)
def test_a_reader_gets_the_language_chosen_or_the_browsers(cookie: str | None, accepted: str, code: str) -> None:
    assert choose(cookie, accepted) == code


def test_the_page_says_which_language_it_is_in_and_its_direction(datasette: Any) -> None:
    english = ask(datasette, "/")
    arabic = ask(datasette, "/", headers={"accept-language": "ar"})
    missing = ask(datasette, "/nowhere", headers={"accept-language": "fr"})
    assert '<html lang="en" dir="ltr">' in english.text
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert arabic.headers["content-language"] == "ar"
    assert {"accept-language", "cookie"} <= set(re.split(r"[, ]+", arabic.headers["vary"].lower()))
    assert '<html lang="fr"' in missing.text


def test_the_switch_is_remembered_and_leads_back(datasette: Any) -> None:
    answer = ask(datasette, "/language?to=es&back=/search%3Fq%3Drent", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=rent")
    cookie = answer.headers["set-cookie"]
    assert "language=es" in cookie
    assert "HttpOnly" in cookie
    page = ask(datasette, "/", cookies={"language": "es"}, headers={"accept-language": "fr"})
    assert '<html lang="es"' in page.text


@pytest.mark.parametrize(
    "back", ["//evil.example/", "/\\evil.example", "https://evil.example", "javascript:1", "/a%0d%0aSet-Cookie:x=1", ""]
)
def test_the_switch_never_leads_elsewhere(datasette: Any, back: str) -> None:
    answer = ask(datasette, f"/language?to=es&back={back}", follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert ask(datasette, "/language?to=tlh").status_code == 404


def test_numbers_dates_and_plurals_are_right_in_each_language() -> None:
    said = {}
    for code in OFFERED:
        with speaking(code):
            said[code] = (wording.number(1204), wording.written_date("1969-07-03"), wording.written_date("1969-07"))
    assert said["en"] == ("1,204", "3 July 1969", "July 1969")
    assert said["es"] == ("1.204", "3 de julio de 1969", "julio de 1969") or said["es"][0] == "1204"
    assert said["fr"][1:] == ("3 juillet 1969", "juillet 1969")
    assert re.fullmatch(r"1\s204", said["fr"][0])
    assert said["it"] == ("1.204", "3 luglio 1969", "luglio 1969")
    assert said["ar"][1].endswith("1969")


def test_arabic_counts_have_their_six_forms() -> None:
    with speaking("ar"):
        counted = [wording.passages(number) for number in (0, 1, 2, 3, 11, 100, 1204)]
    assert counted == ["0 مقطع", "مقطع واحد", "مقطعان", "3 مقاطع", "11 مقطعًا", "100 مقطع", "1,204 مقاطع"]


def test_durations_and_lists_are_joined_as_each_language_joins_them() -> None:
    said = {}
    for code in OFFERED:
        with speaking(code):
            said[code] = (wording.long_duration(7320), wording.listed(("Ana", "Luz", "Inés")))
    assert said == {
        "en": ("2 hours 2 minutes", "Ana, Luz and Inés"),
        "es": ("2 horas y 2 minutos", "Ana, Luz y Inés"),
        "fr": ("2 heures et 2 minutes", "Ana, Luz et Inés"),
        "it": ("2 ore e 2 minuti", "Ana, Luz e Inés"),
        "ar": ("ساعتان ودقيقتان", "Ana وLuz وInés"),
    }


def test_terms_are_called_by_their_label_in_the_readers_language(datasette: Any) -> None:
    page = ask(datasette, "/places/turin", headers={"accept-language": "it"})
    results = ask(datasette, "/search?place=turin", headers={"accept-language": "it"})
    assert re.search(r'<h1>.*<span dir="auto">Torino</span></h1>', page.text)
    assert re.search(r'class="chip".*?<span dir="auto">Torino</span>', results.text, re.DOTALL)


class Brackets(NullTranslations):
    """A language in which every message stands in brackets; it remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.asked.add(one)
        return f"⟦{one if number == 1 else many}⟧"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=rent",
        "/search?q=rent&group=testimony&place=glasgow",
        "/search?q=%28",
        "/search?q=nobody+says+this",
        "/search?place=atlantis",
        "/testimonies",
        f"/testimonies/{STAIRS}?q=rent",
        f"/testimonies/{WAITING}",
        f"/testimonies/{STAIRS}/cite?start=0:03&end=0:06",
        f"/testimonies/{STAIRS}/cite?start=9&end=1",
        "/testimonies/1900.001",
        f"/passages/{STAIRS}/1/similar",
        "/places",
        "/places/glasgow",
        "/places/atlantis",
        "/narrators",
        "/narrators/1",
        "/map",
        "/timeline",
        "/network",
        "/concordance?q=rent",
        "/concordance",
        "/together",
        "/compare?first=Glasgow&second=Turin",
        "/compare",
        "/language?to=tlh",
        "/nowhere",
    ],
)
def test_no_english_is_left_on_a_translated_page(datasette: Any, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """With every message of the reader's language in brackets, what stands outside them was left out.

    English is as it is: what was translated where nobody knows the reader, on the database's thread, stands out too.
    """
    brackets = Brackets()
    monkeypatch.setattr(languages, "_translations", lambda code: brackets if code == "es" else NullTranslations())
    html = ask(datasette, path, headers={"accept-language": "es"}).text
    assert not words_outside(html)
    gathered = {message if isinstance(message, str) else message[0] for message in said_in_the_program()}
    assert not brackets.asked - gathered, "strings that are not gathered, such as those inside f-strings"


class Outside(HTMLParser):
    """The words of a page that are neither bracketed messages nor said by the archive itself."""

    SPOKEN = ("aria-label", "title", "placeholder", "alt")  # attributes that a reader meets
    UNSPOKEN = ("script", "style", "code", "pre", "kbd", "option", "time")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.text: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        own = tag in self.UNSPOKEN or tag == "bdi" or given.get("dir") == "auto" or "data-own" in given
        own = own or (tag != "html" and "lang" in given) or bool(self.open and self.open[-1][1])
        if tag not in VOID:
            self.open.append((tag, own))
        if not own or tag in ("input", "textarea"):
            named = [name for name in given if name in self.SPOKEN or name.startswith("data-say")]
            self.said += [given[name] or "" for name in named if not (tag == "link" and name == "title")]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text.append(" " if self.open and self.open[-1][1] else data)


VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# names of the archive's own that stand in a page's title and in names of links, and what is called the same everywhere
ALLOWED = {
    "An", "archive", "of", "struggles", "The", "stairs", "in", "Govan", "Glasgow", "Turin", "Scotland", "Tenants",
    "movement", "Strike", "Rent", "rent", "Mary", "Il", "corteo", "Not", "heard", "yet", "Chicago", "MLA", "BibTeX",
    "CSL", "JSON", "RIS", "DOCX", "TXT", "WebVTT", "SRT", "CSV", "WAV", "Natural", "Earth",
    "Inglés", "Italiano", "Árabe", "de", "mayo",  # from Babel
    "strik", "OR", "affitto", "strike",  # examples of searches
}  # fmt: skip


def words_outside(html: str) -> list[str]:
    """The English words of a page that its catalogue does not know."""
    page = Outside()
    page.feed(html)
    found = []
    for text in ["".join(page.text), *page.said]:
        while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
            text = less  # noqa: PLW2901 - brackets stand inside each other
        found += [word for word in re.findall(r"[^\W\d_]*[A-Za-z][^\W\d_]+", text) if word not in ALLOWED]
    return found
