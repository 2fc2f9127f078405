"""A hint that is a command line runs as it stands: no placeholder that the reader has to fill in, and no prose around it."""

from __future__ import annotations

import ast
import re
import shlex
from typing import Iterator, List, Optional, Tuple

import pytest

from octoprint_cli.errors import CODES
from octoprint_cli.plugins.entry_points import COMMANDS, EntryPointGroup

from .command_lines import refused
from .reading import is_one_sentence, placeholders
from .test_words import CHECKOUT, sources

#: What stands for a value that an f-string fills in.
VALUE = "1"


def hints() -> Iterator[Tuple[str, str]]:
    """Where each hint and each remedy stands that begins with a command line of ours, and its text."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for value in _named(node):
                inside = {id(piece) for part in ast.walk(value) if isinstance(part, ast.JoinedStr) for piece in part.values}
                for part in ast.walk(value):
                    text = _text(part)
                    if id(part) not in inside and text is not None and text.startswith("octoprint-cli "):
                        yield f"{path.relative_to(CHECKOUT)}:{getattr(part, 'lineno', 0)}", text


def _named(node: ast.AST) -> List[ast.expr]:
    """The values that are given to `hint` or `remedy`, or to a name that ends like that."""
    if isinstance(node, ast.keyword) and node.arg in ("hint", "remedy"):
        return [node.value]
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return [node.value] if any(re.search(r"hint|remedy|_LOOK|_HEATERS|_AGAIN", name) for name in names) else []
    return []


def _text(node: ast.AST) -> Optional[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
    return None


def _is_command_line(where: str, hint: str, commands: List[str]) -> bool:
    """Whether a hint is nothing but command lines of commands that there are, and a remark behind them."""
    for line in hint.partition("  # ")[0].split(" && "):
        program, *words = shlex.split(line)
        named = where.startswith("plugins/") or [word for word in words if word in commands or word == VALUE]
        prose = [word for word in words if re.search(r"[,:;]$", word)]
        if program != "octoprint-cli" or prose or not (named or words == ["--help"]):
            return False
    return is_one_sentence(hint)


def test_hints_in_the_source_are_command_lines_without_placeholders() -> None:
    commands = [re.split("[ _]", name)[0] for name in EntryPointGroup(COMMANDS).claimed()]
    every = list(hints())
    assert len(every) > 100
    assert [(where, hint) for where, hint in every if placeholders(hint) or not _is_command_line(where, hint, commands)] == []


def test_hints_in_the_source_are_accepted_by_the_parser() -> None:
    """But for those whose command is a value, and those of a plugin that is not installed."""
    lines = {hint: where for where, hint in hints() if not where.startswith("plugins/octoprint-cli-marlin/")}
    lines = {hint: where for hint, where in lines.items() if f"octoprint-cli {VALUE}" not in hint and f"help {VALUE}" not in hint}
    assert len(lines) > 60
    wrong = {hint: refused(hint) for hint in lines}
    assert [(lines[hint], hint, said) for hint, said in wrong.items() if said and not re.search(rf"'{VALUE}'", said)] == []


def test_remedies_of_the_error_classes_are_accepted_by_the_parser() -> None:
    assert {code: refused(kind.remedy) for code, kind in CODES.items() if refused(kind.remedy)} == {}


@pytest.mark.parametrize(
    ("hint", "reason"),
    [
        ("octoprint-cli explain PRINTER_BUSY", ""),
        ("octoprint-cli config show  # PEM files are taken", ""),
        ("slice the model again", "is no command line"),
        ("octoprint-cli cancel --confrim", "there is no option --confrim; did you mean --confirm or --config?"),
        ("octoprint-cli help nonsense", "'nonsense' is not a command"),
        ("octoprint-cli status && octoprint-cli files --location moon", "invalid choice: 'moon'"),
    ],
)
def test_hints_that_cannot_run_are_found(hint: str, reason: str) -> None:
    assert reason in refused(hint) and bool(reason) == bool(refused(hint))


def test_remedies_of_the_error_classes_run_as_they_stand() -> None:
    remedies = {code: kind.remedy for code, kind in CODES.items()}
    assert {code: text for code, text in remedies.items() if placeholders(text) or not text.startswith("octoprint-cli ")} == {}


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        ("octoprint-cli preflight FILE", ["FILE"]),
        ("octoprint-cli upload FILE --name CUBE", ["FILE", "CUBE"]),
        ("octoprint-cli connect --port=PORT", ["PORT"]),
        ("slice it, then: octoprint-cli print <file>", ["<file>"]),
        ("octoprint-cli gcode 'START_PRINT BED_TEMP=60' M112", []),
        ("octoprint-cli config show  # PEM files are taken", []),
        ("octoprint-cli explain PRINTER_BUSY", []),
        ("octoprint-cli --api-key=KEY status", []),
    ],
)
def test_placeholders_are_found(hint: str, found: List[str]) -> None:
    assert placeholders(hint) == found
