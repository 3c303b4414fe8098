"""The pages speak the reader's language, whole."""

from __future__ import annotations

import re
from gettext import NullTranslations, c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from archive.folder import Archive
from archive.web import languages, wording
from archive.web.languages import OFFERED, PREPARED, SOURCE, choose, speaking
from tests.web.builders import STAIRS, an_archive
from tests.web.served import ask, served

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "archive" / "web" / "locale"
OTHERS = tuple(code for code in OFFERED if code != SOURCE)
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "counted": (1, 2)}


@pytest.fixture(autouse=True)
def all_that_are_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reader choose among all languages that have a catalogue, whole or not."""
    monkeypatch.setattr(languages, "OFFERED", PREPARED)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return an_archive(tmp_path_factory.mktemp("languages"))


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


@pytest.mark.parametrize("code", [code for code in PREPARED if code != SOURCE])
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
        ("xx", "ar", "ar"),
        ("../../etc", "*;q=x," * 500, "en"),
    ],
)
def test_a_reader_gets_the_language_chosen_or_the_browsers(cookie: str | None, accepted: str, code: str) -> None:
    assert choose(cookie, accepted) == code


def test_the_page_says_which_language_it_is_in_and_its_direction(archive: Archive) -> None:
    with served(archive) as datasette:
        english = ask(datasette, "/")
        arabic = ask(datasette, "/", headers={"accept-language": "ar"})
        missing = ask(datasette, "/nowhere", headers={"accept-language": "fr"})
    assert '<html lang="en" dir="ltr">' in english.text
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert arabic.headers["content-language"] == "ar"
    assert {"accept-language", "cookie"} <= set(re.split(r"[, ]+", arabic.headers["vary"].lower()))
    assert '<html lang="fr"' in missing.text


def test_the_switch_is_remembered_and_leads_back(archive: Archive) -> None:
    with served(archive) as datasette:
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
def test_the_switch_never_leads_elsewhere(archive: Archive, back: str) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, f"/language?to=es&back={back}", follow_redirects=False)
        assert answer.headers["location"] == "/"
        assert ask(datasette, "/language?to=tlh").status_code == 404


def test_numbers_dates_and_plurals_are_right_in_each_language() -> None:
    said = {}
    for code in PREPARED:
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
        counted = {number: wording.passages(number) for number in (0, 1, 2, 3, 11, 100)}
    assert len({re.sub(r"[\d,٠-٩]+", "", text) for text in counted.values()}) >= 4


def test_terms_are_called_by_their_label_in_the_readers_language(archive: Archive) -> None:
    with served(archive) as datasette:
        page = ask(datasette, "/places/turin", headers={"accept-language": "it"})
        results = ask(datasette, "/search?place=turin", headers={"accept-language": "it"})
    assert re.search(r'<h1>.*<span dir="auto">Torino</span></h1>', page.text)
    assert re.search(r'class="chip".*?<span dir="auto">Torino</span>', results.text, re.DOTALL)


class Brackets(NullTranslations):
    """A language in which every message stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"


def test_no_english_is_left_on_a_translated_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every message in brackets, what stands outside them is the archive's own or was left out."""
    monkeypatch.setattr(languages, "_translations", lambda code: Brackets())
    with served(archive) as datasette:
        for path in ("/", "/search?q=rent", "/testimonies", "/places", "/places/glasgow", "/narrators", "/nowhere"):
            html = ask(datasette, path).text
            left = words_outside(html)
            assert not left, (path, left)
        assert STAIRS


def words_outside(html: str) -> list[str]:
    """The words of a page that are neither bracketed messages nor said by the archive itself."""
    body = re.sub(
        r"<(script|style|svg|code|pre|title)\b.*?</\1>",
        " ",
        html.partition("<body")[2].partition(">")[2],
        flags=re.DOTALL,
    )
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", body)) != body:
        body = less
    own = r"<(\w+)[^>]*(?:\bdir=\"(?:auto|ltr)\"|\blang=\"|counts-number|play-time|datetime=)[^>]*>.*?</\1>"
    while (less := re.sub(own, " ", body, flags=re.DOTALL)) != body:
        body = less
    body = re.sub(r"<bdi>.*?</bdi>", " ", body, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body)
    return [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in ALLOWED]


ALLOWED = {"Glasgow", "English", "Italian", "Arabic", "quot", "amp"}
