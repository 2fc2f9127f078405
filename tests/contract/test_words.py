"""The house speaks plain English: no private words, and docstrings that stand alone.

Style that ruff can hold (a full stop, an imperative first line) is held by its pydocstyle rules in pyproject.toml.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterable, Iterator, List, Tuple

import pytest

CHECKOUT = Path(__file__).parents[2]
#: Words of a private dialect, each with the one to use. In names, docstrings, comments, messages and guides.
PRIVATE_WORDS = {
    r"add-?ons?": "plugin",
    r"nouns?": "resource",
    r"strangers?": "third-party",
    r"aimed": "for a server",
    r"rules of the house|house rules": "plugin guidelines",
    r"mend(s|ed)?": "fix",
    r"add_wish|_?wish(es)?": "options, subscription or requested",
    r"converse": "send_and_read_replies",
    r"plugged": "open_socket",
    r"(?<!_)(as_tool|asks_server|urgent)(?= =)": "exposed_as_tool, needs_server, unqueued_when",
}
#: Names that are promised, or a test's own fixture files.
ALLOWED = re.compile(
    r"write_add_on|client\.noun|\bnoun = resource|\"Noun\"|Noun = Resource|mend = clear_faults"
    r"|(add_wish|wish|converse) = |\"(add_wish|wish|converse)\": "
)
#: How a docstring begins that only makes sense after its neighbour's.
FRAGMENT = re.compile(r"(The same\b(?! (as|for) )|And |But |Nor |From now on|Its |Theirs |No rules|So long )")
FOLDERS = ("octoprint_cli", "plugins")


def sources() -> List[Path]:
    """The Python files of the program and of the bundled plugins, without their tests."""
    found = [path for folder in FOLDERS for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    return [path for path in found if "tests" not in path.parts and "build" not in path.parts]


def docstrings(path: Path) -> Iterator[Tuple[int, str]]:
    """Each docstring of a file with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


def private_words(text: str) -> List[str]:
    """The lines with a private word, each with the word to use instead."""
    return [
        f"line {number}: {line.strip()}: say {better!r}"
        for number, line in enumerate(text.splitlines(), 1)
        for word, better in PRIVATE_WORDS.items()
        if re.search(rf"(?<![a-zA-Z]){word}(?![a-zA-Z])", line) and not ALLOWED.search(line)
    ]


def private_words_in(paths: Iterable[Path]) -> List[str]:
    """The lines of these files with a private word."""
    return [f"{path.relative_to(CHECKOUT)}, {line}" for path in paths for line in private_words(path.read_text(encoding="utf-8"))]


def test_sources_have_no_private_words() -> None:
    assert len(sources()) > 200
    assert private_words_in(sources()) == []


def test_docstrings_do_not_begin_with_a_fragment() -> None:
    found = [(path, line, text.splitlines()[0]) for path in sources() for line, text in docstrings(path)]
    assert len(found) > 1000
    assert [(str(path.relative_to(CHECKOUT)), line, text) for path, line, text in found if FRAGMENT.match(text)] == []


def test_guides_have_no_private_words() -> None:
    guides = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
    assert private_words_in(path for path in guides if path.name != "glossary.md") == []


LINES = ["the add-on's own section", "def aimed() -> None:", "# a stranger's module", "it keeps the house rules", "as_tool = False"]


@pytest.mark.parametrize("line", LINES)
def test_a_private_word_is_found(line: str) -> None:
    assert len(private_words(line)) == 1
