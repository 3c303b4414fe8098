"""What rules and lists propose, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from archive.redacting import suggest_again, suggest_by_rules, suggest_people
from archive.redactions import Passage, Suggestion


def a_passage(text: str) -> Passage:
    return Passage(number=7, start=None, until=None, text=text, words=())


def said(text: str, found: Iterable[Suggestion]) -> set[str]:
    return {text[one.start_char : one.end_char] for one in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to anna.rossi@example.org, please.", "anna.rossi@example.org"),
        ("She is @anna_r on the network.", "@anna_r"),
        ("See https://t.me/joinchat/AbC1.", "https://t.me/joinchat/AbC1"),
        ("It was on facebook.com/anna.rossi.1.", "facebook.com/anna.rossi.1"),
        ("Call 011 555 12 34.", "011 555 12 34"),
        ("Call +39 (011) 555-1234!", "+39 (011) 555-1234"),
        ("Call 612 345 678.", "612 345 678"),
        ("اتصل ٠٥٥٥١٢٣٤٥٦ الآن", "٠٥٥٥١٢٣٤٥٦"),
        ("IT60 X054 2811 1010 0000 0123 456 was the account.", "IT60 X054 2811 1010 0000 0123 456"),
        ("My code is RSSNNA85T50A562S.", "RSSNNA85T50A562S"),
        ("The DNI 12345678Z was false.", "12345678Z"),
        ("A Fiat, AB 123 CD, stood there.", "AB 123 CD"),
        ("We slept in Via Roma 12.", "Via Roma 12"),
        ("in via dei Mille, 12 bis, upstairs", "via dei Mille, 12 bis"),
        ("calle Mayor 3", "calle Mayor 3"),
        ("la rue de la Paix 5", "rue de la Paix 5"),
        ("at 12, rue de la Paix", "12, rue de la Paix"),
        ("He lived at 12 Baker Street.", "12 Baker Street"),
        ("in der Müllerstraße 7a", "Müllerstraße 7a"),
        ("Karl-Marx-Allee 3", "Marx-Allee 3"),
    ],
)
def test_what_identifies_somebody_is_proposed(text: str, found: str) -> None:
    spans = said(text, suggest_by_rules([a_passage(text)]))
    assert any(found in span for span in spans), spans


@pytest.mark.parametrize(
    "text",
    [
        "On the seventeenth of November 1915 20 000 marched.",
        "Between 1968 and 1969, in 1968-1969, on 12.12.1969 and 2001-12-19.",
        "There were 1,000,000 of us, and 20.000.000 elsewhere.",
        "It took place in 1968, in a corner of the street.",
        "The rents rose by 25 per cent; a place for 12 people.",
        "We said no.So they left at 10.30.",
    ],
)
def test_years_quantities_and_common_words_are_not(text: str) -> None:
    assert said(text, suggest_by_rules([a_passage(text)])) == set()


def test_names_and_contacts_of_the_vault_are_proposed_in_whole_and_in_part() -> None:
    text = "ROSSI came, Anna-Maria too; ring 0115551234. Not Rossini, nor de."
    found = suggest_people([a_passage(text)], [("Ánna de Rossi", "+39 011 555 1234, anna@example.org")])
    spans = list(found)
    assert said(text, spans) == {"ROSSI", "Anna", "0115551234"}
    assert {one.source for one in spans} == {"vault"}
    assert not [one.reason for one in spans if "ossi" in one.reason]


def test_what_was_replaced_elsewhere_is_proposed() -> None:
    text = "Anna and ANNA"
    assert len(list(suggest_again([a_passage(text)], ["anna", "Anna"]))) == 2
