"""A file imports only from floors below its own, and libraries only where they belong."""

from __future__ import annotations

import ast
from typing import Callable, Dict, List, Set

import pytest

from .layers import FOLDERS, ONLY_IN, WITHOUT_CLIFF, Import, circles, imports, modules, ours, part_of, path_of, target_of, tree_of
from .table import COMMANDS

#: The options --help and --version stand for these two; the application knows no other.
SPOKEN_BY_OPTIONS = {"help", "version"}
#: Answers have fields of these names, too: the guard's, and the inventory of plugins.
FIELDS = {"preflight", "commands"}


def goes_up(found: Import) -> bool:
    """Whether an import goes to a folder above its own."""
    importer, imported = part_of(found.importer), part_of(ours(found))
    return FOLDERS.index(imported) < FOLDERS.index(importer)


def is_ours(found: Import) -> bool:
    return found.imported.split(".")[0] == "octoprint_cli"


def test_package_folders_match_the_layers() -> None:
    assert {part_of(module) for module in modules()} == set(FOLDERS)


def test_there_are_no_import_cycles() -> None:
    imported = {module: {target_of(found) for found in imports(module) if is_ours(found)} for module in modules()}
    assert circles(imported) == []


def imports_where(unwanted: Callable[[Import], bool]) -> List[Import]:
    """The imports of the whole program that are not allowed. Each names its module and its line."""
    return [found for module in modules() for found in imports(module) if unwanted(found)]


def library_of(found: Import) -> str:
    return found.imported.split(".")[0]


def test_modules_import_only_from_lower_layers() -> None:
    assert imports_where(lambda found: is_ours(found) and goes_up(found)) == []


def test_library_is_imported_only_where_allowed() -> None:
    assert imports_where(lambda found: found.importer not in ONLY_IN.get(library_of(found), {found.importer})) == []


def test_modules_independent_of_cliff_do_not_import_it() -> None:
    assert imports_where(lambda found: found.importer.startswith(WITHOUT_CLIFF) and library_of(found) == "cliff") == []


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("commands.")])
def test_a_command_imports_the_facade_alone(module: str) -> None:
    assert {ours(found) for found in imports(module) if is_ours(found)} <= {"api"}
    assert {found.imported.split(".")[0] for found in imports(module)} & {"requests", "cliff", "stevedore", "yaml"} == set()


def test_resource_imports_no_other_resource_but_stored_file() -> None:
    for module in (name for name in modules() if name.startswith("client.resources.")):
        known = {ours(found) for found in imports(module) if ours(found).startswith("client.resources.")}
        assert known <= {"client.resources.stored_file"}, module


def test_client_does_not_import_configuration() -> None:
    for module in (name for name in modules() if part_of(name) in ("client", "gcode", "output")):
        assert [found for found in imports(module) if part_of(ours(found)) == "config"] == []


@pytest.mark.parametrize(
    "module", ["app.run", "app.command_loader", "framework.guard", "framework.base", "output.formats.registry"]
)
def test_core_modules_name_no_command(module: str) -> None:
    """Neither its import, its class, nor its name as a text."""
    tree = tree_of(module)
    assert [found for found in imports(module) if ours(found).startswith("commands")] == []
    texts: Set[str] = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert texts & set(COMMANDS) <= SPOKEN_BY_OPTIONS | FIELDS
    classes = {word.title() for name in COMMANDS for word in [name, name.title().replace(" ", "")]} - {"Help", "Version"}
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & classes == set()


def test_nothing_imports_the_facade_for_tests() -> None:
    importers = {
        module for module in modules() for found in imports(module) if is_ours(found) and part_of(ours(found)) == "testing"
    }
    assert {part_of(module) for module in importers} <= {"testing"}


@pytest.mark.parametrize("module", [name for name in modules() if part_of(name) == "testing"])
def test_testing_facade_imports_only_standard_library_and_program(module: str) -> None:
    """And websocket-client, for the push socket. Who runs the program, judges with it or is pytest's is named here."""
    found = imports(module)
    runners = {"testing.runner", "testing.fork_server", "testing.plugin_check", "testing.example_lines"}
    allowed = {"app"} if module in runners else {"framework"} if module == "testing" else set()
    assert {part_of(ours(one)) for one in found if is_ours(one)} - {"testing"} <= allowed
    assert {one.imported.split(".")[0] for one in found} & {
        "requests",
        "urllib3",
        "requests_toolbelt",
        "pytest",
        "trustme",
    } == ({"pytest"} if module == "testing.fixtures" else set())


def test_facade_exports_its_public_names() -> None:
    from octoprint_cli import api

    assert api.API_VERSION >= 1
    assert [name for name in api.__all__ if not hasattr(api, name)] == []
    assert {"ShowOne", "Lister", "Rows", "Guarded", "Check", "Severity", "CliError", "errors"} <= set(api.__all__)


def test_modules_have_at_most_350_lines() -> None:
    lines: Dict[str, int] = {module: len(path_of(module).read_text().splitlines()) for module in modules()}
    assert {module: count for module, count in lines.items() if count > 350} == {}


def test_every_module_has_a_docstring() -> None:
    silent: List[str] = [module for module in modules() if not ast.get_docstring(tree_of(module))]
    assert silent == []
