"""Labels that say who speaks, `CARUSO:` or `Mary Jones:`, told apart from other words before a colon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LABEL = re.compile(r"([^\W_][\w .,'’()&/#-]{0,39}?) ?(?::(?=\s|$)|：)\s*")
_MOST_WORDS = 5
# What stands at the head of a transcript or a page, not a person: "TITLE: Miss Sallie's Cook".
_FIELDS = """
    abstract accession address chapter collection consultant copyright county date dates description duration
    edited features fictitious file format home id info interview interviewed keywords language length location
    name named names note notes number occupation occupations page part person place project publisher reviser
    revisers revisor recorded recording repository rights section series side source state street subjects summary
    tape time title titles topic topics total town transcribed transcript transcription type warning words worker
    writer writers writing written year
"""
_PARTICLES = "and al bin d da de del della der des di do dos du el la le of the van von y zu"
_FIELD_WORDS = frozenset(_FIELDS.split())
_PARTICLE_WORDS = frozenset(_PARTICLES.split())


def find_labels(lines: Iterable[str]) -> frozenset[str]:
    """Return the labels that these lines begin with: any in capitals, and names that occur at least twice.

    Words like DATE or TITLE, and anything longer than five words, are no labels.
    """
    seen = Counter(label for line in lines if (label := _candidate(line)))
    return frozenset(label for label, times in seen.items() if _in_capitals(label) or (times > 1 and _is_name(label)))


def take_label(line: str, labels: frozenset[str]) -> tuple[str | None, str]:
    """Return the label that the line begins with, if it is one of these, and the rest of the line."""
    found = _LABEL.match(line)
    if found and found[1] in labels:
        return found[1], line[found.end() :]
    return None, line


def _candidate(line: str) -> str | None:
    found = _LABEL.match(line)
    if not found:
        return None
    words = found[1].split()
    if len(words) > _MOST_WORDS or any(word.strip(".,").lower() in _FIELD_WORDS for word in words):
        return None
    return found[1]


def _in_capitals(label: str) -> bool:
    return label.isupper()


def _is_name(label: str) -> bool:
    return not any(word[0].islower() and word not in _PARTICLE_WORDS for word in label.split())
