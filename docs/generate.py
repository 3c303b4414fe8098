"""The generated parts of the reference: help of every command, description of every table. Run by cog."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import yaml

from archive.folder import create_archive, metadata_template
from cli import main


def commands() -> str:
    """Return the help of every command, as Markdown."""
    context = click.Context(main, info_name="conricerca", terminal_width=100)
    return "\n".join(_helped(context))


def tables() -> str:
    """Return every table with its columns and their descriptions in metadata.yml, as Markdown."""
    described = yaml.safe_load(metadata_template().read_text(encoding="utf-8"))["databases"]["archive"]["tables"]
    with tempfile.TemporaryDirectory() as folder:
        database = create_archive(Path(folder) / "archive").read()
        try:
            parts = [
                _table(
                    table.name, [(column.name, column.type) for column in table.columns], described.get(table.name, {})
                )
                for table in (*database.tables, *database.views)
                if not table.name.startswith(("_", "passages_fts", "sqlite_"))
            ]
        finally:
            database.close()
    return "\n".join(parts)


def _helped(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _helped(click.Context(child, info_name=name, parent=context, terminal_width=100))


def _table(name: str, columns: list[tuple[str, str]], described: dict[str, object]) -> str:
    said = described.get("columns", {})
    words = said if isinstance(said, dict) else {}
    lines = [f"## {name}\n", f"{described.get('description', '')}\n", "| column | type | |", "|---|---|---|"]
    lines += [f"| {column} | {kind.lower()} | {words.get(column, '')} |" for column, kind in columns]
    return "\n".join(lines) + "\n"
