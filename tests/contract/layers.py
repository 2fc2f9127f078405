"""The house as a table: which floor each file stands on, and who imports what."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set

import octoprint_cli

ROOT = Path(octoprint_cli.__file__).parent

#: The folders of octoprint_cli, the highest first: each imports only from those below it.
FOLDERS = (
    "__main__",
    "testing",
    "app",
    "commands",
    "api",
    "framework",
    "preflight",
    "client",
    "config",
    "output",
    "gcode",
    "plugins",
    "errors",
    "",  # the package itself: its version
)
#: Libraries with the only files that may import them.
ONLY_IN: Dict[str, Set[str]] = {
    "requests": {"client.http.http_client", "client.http.transport", "client.http.transport_errors", "client.http.raw_socket"},
    "urllib3": {"client.http.transport", "client.http.transport_errors", "client.http.retry"},
    "requests_toolbelt": set(),
    "rich": {"output.terminal.progress_bar", *(f"output.terminal.live_{part}" for part in ("view", "line", "panel", "texts"))},
    "filelock": set(),
    "ruamel": {"config.yaml_rewriter"},
    "yaml": {"config.file", "config.yaml_rewriter", "output.formats.yaml_format"},
    "stevedore": {"plugins.entry_points"},
    "websocket": {"client.push.socket", "testing.server.websocket"},
    "prettytable": set(),
    "cmd2": set(),
    "octoprint_cli_sandbox": set(),
    "octoprint_cli_psucontrol": set(),
}
#: These must not know cliff.
WITHOUT_CLIFF = (
    "errors",
    "plugins",
    "gcode",
    "output.terminal",
    "output.units",
    "output.redact",
    "output.safe_text",
    "config",
    "client",
    "preflight",
    "framework.guard",
)


class Import(NamedTuple):
    """`importer` (dotted, below octoprint_cli) imports `imported` (dotted, whole)."""

    importer: str
    imported: str
    line: int


@functools.lru_cache(maxsize=None)
def modules() -> List[str]:
    """Every module, dotted, below octoprint_cli."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in sorted(ROOT.rglob("*.py"))]
    return [".".join(path.parts).replace(".__init__", "").replace("__init__", "") for path in paths]


def path_of(module: str) -> Path:
    below = ROOT.joinpath(*module.split(".")) if module else ROOT
    return below / "__init__.py" if below.is_dir() else below.with_suffix(".py")


@functools.lru_cache(maxsize=None)
def tree_of(module: str) -> ast.Module:
    return ast.parse(path_of(module).read_text(encoding="utf-8"))


def part_of(module: str) -> str:
    """`client.http` is part of `client`."""
    return module.split(".")[0]


@functools.lru_cache(maxsize=None)
def imports(module: str) -> List[Import]:
    """What the module imports, inside functions too, but not for types alone."""
    return [found for node in _running(tree_of(module)) for found in _imports_of(module, node)]


def ours(found: Import) -> str:
    """What it imports of this program, dotted, below octoprint_cli."""
    return found.imported[len("octoprint_cli") :].lstrip(".")


def target_of(found: Import) -> str:
    """The module that an import loads: `client.job` where a name of it is imported."""
    target = ours(found)
    return target if path_of(target).exists() else target.rpartition(".")[0]


def circles(imported: Dict[str, Set[str]]) -> List[List[str]]:
    """Each way from a module back to itself, once."""
    found: List[List[str]] = []
    done: Set[str] = set()

    def walk(module: str, way: List[str]) -> None:
        if module in way:
            found.append([*way[way.index(module) :], module])
        elif module not in done:
            for other in sorted(imported.get(module, ())):
                walk(other, [*way, module])
            done.add(module)

    for module in sorted(imported):
        walk(module, [])
    return found


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
