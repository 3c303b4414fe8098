"""Marks a message for translation where it is written; the page that shows it translates it."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """Return the message as it is."""
    return message
