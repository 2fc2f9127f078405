"""The house as a table: which floor each file stands on, and who imports what."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

import octoprint_cli

ROOT = Path(octoprint_cli.__file__).parent

#: A module or a package of octoprint_cli with its floor. What is on one floor must not import another thing there.
FLOORS: Dict[str, int] = {
    "": 0,  # the package itself: its version
    "errors": 0,
    "process": 0,
    "redact": 0,
    "config": 1,
    "alarm": 0,
    "suspend": 0,
    "signals": 1,
    "bar": 0,
    "units": 0,
    "picture": 0,
    "plot": 0,
    "live": 1,
    "terminal": 1,
    "turn": 1,
    "source": 1,
    "extensions": 1,
    "distributions": 1,
    "client": 2,
    "gcode": 2,
    "firmware": 2,
    "columns": 1,
    "fields": 2,
    "answers": 4,
    "catalogue": 5,
    "completion": 5,
    "skeleton": 1,
    "skill": 1,
    "shellwords": 0,
    "adopted": 6,
    "summary": 3,
    "watching": 3,
    "formatters": 3,
    "preflight": 3,
    "waiting": 4,
    "guard": 4,
    "options": 4,
    "base": 5,
    "stream": 5,
    "api": 6,
    "commands": 7,
    "rules": 7,
    "manager": 8,
    "app": 9,
    "within": 9,
    "__main__": 10,
    "testing": 10,
}
#: On one floor, the one thing that may import the other.
NEIGHBOURS: Set[Tuple[str, str]] = {
    ("app", "within"),  # a run answers lines,
    ("within", "app"),  # and a line is a run
    ("client", "gcode"),  # what is sent is read, for what it heats
    ("extensions", "distributions"),
    ("config", "turn"),
    ("guard", "options"),
    ("stream", "base"),
    ("terminal", "live"),
    ("watching", "summary"),
}
#: Libraries with the only files that may import them.
ONLY_IN: Dict[str, Set[str]] = {
    "requests": {"client.http.http", "client.http.wire", "client.http.failures", "client.http.plug"},
    "urllib3": {"client.http.wire", "client.http.failures", "client.http.retries"},
    "requests_toolbelt": set(),
    "rich": {"bar", "live"},
    "filelock": {"turn"},
    "yaml": {"config.file", "formatters.yaml_format"},
    "stevedore": {"extensions"},
    "websocket": {"client.push.socket", "testing.push"},
    "prettytable": set(),
    "cmd2": set(),
    "octoprint_cli_sandbox": set(),
    "octoprint_cli_psucontrol": set(),
}
#: These must not know cliff.
WITHOUT_CLIFF = (
    "errors",
    "redact",
    "units",
    "picture",
    "plot",
    "live",
    "config",
    "terminal",
    "extensions",
    "distributions",
    "client",
    "gcode",
    "firmware",
    "preflight",
    "guard",
)


class Import(NamedTuple):
    """`importer` (dotted, below octoprint_cli) imports `imported` (dotted, whole)."""

    importer: str
    imported: str
    line: int


def modules() -> List[str]:
    """Every module, dotted, below octoprint_cli."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in sorted(ROOT.rglob("*.py"))]
    return [".".join(path.parts).replace(".__init__", "").replace("__init__", "") for path in paths]


def path_of(module: str) -> Path:
    below = ROOT.joinpath(*module.split(".")) if module else ROOT
    return below / "__init__.py" if below.is_dir() else below.with_suffix(".py")


def tree_of(module: str) -> ast.Module:
    return ast.parse(path_of(module).read_text(encoding="utf-8"))


def part_of(module: str) -> str:
    """`client.http` is part of `client`."""
    return module.split(".")[0]


def imports(module: str) -> List[Import]:
    """What the module imports, inside functions too, but not for types alone."""
    return [found for node in _running(tree_of(module)) for found in _imports_of(module, node)]


def ours(found: Import) -> str:
    """What it imports of this program, dotted, below octoprint_cli."""
    return found.imported[len("octoprint_cli") :].lstrip(".")


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Every node, without what stands below `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _running(other)
            continue
        yield child
        yield from _running(child)


def _imports_of(module: str, node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(module, alias.name, node.lineno)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module} imports relatively"
        for alias in node.names:  # `from octoprint_cli import errors` imports a module, too
            is_module = path_of(f"{node.module}.{alias.name}".partition(".")[2]).exists()
            yield Import(module, f"{node.module}.{alias.name}" if is_module else str(node.module), node.lineno)
