"""What Datasette's own templates lack for those who cannot see its tables: added when read, nothing is copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment

Source = tuple[str, str | None, Callable[[], bool] | None]

# by template: what stands there, and what is to stand there instead
AMENDMENTS = {
    "base.html": (
        ("<html>", '<html lang="en">'),
        ('<section class="content">', '<section class="content" role="main">'),
    ),
    "table.html": (
        ("<h3>{% if filtered_table_rows_count ", '<h3 aria-level="2">{% if filtered_table_rows_count '),
        ('<select name="_filter_column', '<select aria-label="Column" name="_filter_column'),
        ('<select name="_filter_op', '<select aria-label="Comparison" name="_filter_op'),
        ('<input type="text" name="_filter_value', '<input type="text" aria-label="Value" name="_filter_value'),
        ('<select name="_sort"', '<select aria-label="Sort" name="_sort"'),
    ),
    "_table.html": (
        ('<div class="table-wrapper">', '<div class="table-wrapper" role="region" aria-label="Rows" tabindex="0">'),
    ),
}


class AmendedLoader(BaseLoader):
    """Loads templates as another loader does, Datasette's own with what they lack."""

    def __init__(self, loader: BaseLoader, datasette_templates: Path) -> None:
        self.loader, self.templates = loader, datasette_templates

    def get_source(self, environment: Environment, template: str) -> Source:
        """Return the template's text; one that other people wrote stays as it is."""
        source, filename, uptodate = self.loader.get_source(environment, template)
        if filename and Path(filename).parent == self.templates:
            source = amended(Path(filename).name, source)
        return source, filename, uptodate

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return self.loader.list_templates()


def amended(name: str, source: str) -> str:
    """Return the text of one of Datasette's templates with what it lacks."""
    for said, instead in AMENDMENTS.get(name, ()):
        source = source.replace(said, instead)
    return source


def amend_templates(env: Any) -> None:
    """Let an environment read Datasette's templates with what they lack."""
    import datasette

    env.loader = AmendedLoader(env.loader, Path(datasette.__file__).parent / "templates")
