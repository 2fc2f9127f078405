"""The façades: every public name can be imported, old names too, and type checkers see the same names."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import Set

import pytest

from octoprint_cli import api, testing

#: The names of `octoprint_cli.api` that plugins may have used first. None of them ever goes.
FIRST_NAMES = """
    API_VERSION CHECK_CODES EFFECTS HEATERS REPORT SUMMARY UPLOAD_CODES VERDICT VERIFIED WAITED WAIT_CODES await_goal fields Bytes
    Check CliError Column Contents Degrees Duration FINE Finding Flags Guarded Heater Known Line Lister Millimetres Noun Percent
    Picture Range Reading Rows Said Setting Severity ShowOne Skip Stream Subject Terminal Time WATCHED add_checks add_file
    add_file_or_stored add_folder add_goals add_location add_wait add_wish can_write candidates connected converse described errors
    explained failure heaters last_ending normalise only_asks parsed_reply plot preflight_report read_file read_line run_preflight
    seconds schema_of server_path skill summary typed unquoted visible waited watched wish without_key write_add_on
""".split()
#: The names of `octoprint_cli.testing` that tests of plugins may have used first.
FIRST_TESTING_NAMES = """
    GCODE KEY PERMISSIONS Aimed Exchange FakeOctoPrint Fault FaultServer PushSocket RealOctoPrint Refused Reply Request Result
    ServerPlugin Stored check_plugin faults page run
""".split()
FACADES = {"api": api, "testing": testing}


def names_for_type_checkers(facade: ModuleType) -> Set[str]:
    """The names that the façade re-exports, or defines, below `if TYPE_CHECKING`."""
    tree = ast.parse(inspect.getsource(facade))
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    defined = {ast.unparse(node.targets[0]) for block in blocks for node in block.body if isinstance(node, ast.Assign)}
    return defined | {alias.asname for node in imports for alias in node.names if alias.asname}


@pytest.mark.parametrize("name", FIRST_NAMES)
def test_each_first_name_of_the_facade_can_be_imported(name: str) -> None:
    assert name in api.__all__ and hasattr(api, name)


@pytest.mark.parametrize("name", FIRST_TESTING_NAMES)
def test_each_first_name_of_the_testing_facade_can_be_imported(name: str) -> None:
    assert name in testing.__all__ and hasattr(testing, name)


@pytest.mark.parametrize("facade", FACADES.values(), ids=list(FACADES))
def test_every_public_name_can_be_imported(facade: ModuleType) -> None:
    assert [name for name in facade.__all__ if not hasattr(facade, name)] == []
    assert set(facade.__all__) <= set(dir(facade))


@pytest.mark.parametrize("facade", FACADES.values(), ids=list(FACADES))
def test_an_old_name_is_the_object_of_the_new_one(facade: ModuleType) -> None:
    for old, new in facade.ALIASES.items():
        assert getattr(facade, old) is getattr(facade, new)


@pytest.mark.parametrize("facade", FACADES.values(), ids=list(FACADES))
def test_type_checkers_see_the_names_of_the_table(facade: ModuleType) -> None:
    defined = {"API_VERSION"} & set(facade.__all__)
    assert names_for_type_checkers(facade) == set(facade.__all__) - defined


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"octoprint_cli\.api.*no attribute 'Nonsense'"):
        _ = api.Nonsense  # type: ignore[attr-defined]
