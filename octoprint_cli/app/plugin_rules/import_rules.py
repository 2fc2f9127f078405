"""The guideline for imports: a plugin imports the façade alone, and of that its public names. Reads source, runs nothing."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Set, Tuple

from octoprint_cli import api
from octoprint_cli.plugins.entry_points import PACKAGE, is_own

#: The modules that a plugin may import; the second one in its tests.
_FACADES = ("api", "testing")


def import_problems(entry_points: Iterable[Any]) -> Iterator[Tuple[str, str]]:
    """Yield each import past the façade in the packages or modules of these entry points, as the package and a message."""
    packages = dict.fromkeys(_package(entry_point.value) for entry_point in entry_points if not is_own(entry_point))
    for package in packages:
        for path in _files(package):
            for line, what in _forbidden_imports(path):
                yield package, f"{package}: {path.name}, line {line} imports {what}; a plugin imports octoprint_cli.api alone"


def _package(value: str) -> str:
    """Return the package of an entry point's value: octoprint_cli_x for `octoprint_cli_x.commands:On`."""
    module = value.split(":")[0].strip()
    return module.rpartition(".")[0] or module


def _files(package: str) -> List[Path]:
    """Return the source files of a package, without what cannot be found, which is reported when it is loaded."""
    with contextlib.suppress(Exception):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            return sorted(path for folder in spec.submodule_search_locations for path in Path(folder).rglob("*.py"))
        if spec is not None and spec.origin and spec.origin.endswith(".py"):
            return [Path(spec.origin)]
    return []


def _forbidden_imports(path: Path) -> Iterator[Tuple[int, str]]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):  # reported when it is loaded, if it ever is
        return
    seen: Set[str] = set()
    for node in ast.walk(tree):
        for name in _names(node):
            if not _allowed(name) and name not in seen:
                seen.add(name)
                yield node.lineno, name  # type: ignore[attr-defined]


def _names(node: ast.AST) -> Iterator[str]:
    """Each thing that is imported from this program, dotted."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return
    yield from (name for name in names if name.split(".")[0] == PACKAGE)


def _allowed(name: str) -> bool:
    """`octoprint_cli.api`, and what it has in `__all__`; `octoprint_cli.testing`, and all of it."""
    _, _, below = name.partition(".")
    facade, _, inner = below.partition(".")
    if facade == "api" and inner:
        return inner == "*" or inner in api.__all__
    return facade in _FACADES
