"""The demonstration's own material: accounts, recordings by a synthetic voice, a tiny model that hears them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

MATERIAL = Path(str(files(__package__)))
ACCOUNTS = MATERIAL / "accounts"
MANIFEST = MATERIAL / "recordings" / "manifest.csv"
MODEL = MATERIAL / "model" / "tiny-whisper-int8.tar.xz"
