"""The house rules for plugins: each is broken once, and told in a sentence; a good plugin hears nothing."""

from __future__ import annotations

import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

from octoprint_cli.api import Check, CliError, Guarded, Lister, ShowOne, fields
from octoprint_cli.testing import check_plugin


class Lamp(ShowOne):
    """show whether the lamp is on

    The one above the bed.
    """

    answer = fields.record(on=fields.switch())
    effects = ("reads",)

    def take_action(self, parsed_args):
        return {"on": True}


class Lamps(Lister, Lamp):
    """list the lamps of the printer"""


class Probe(Guarded, Lamp):
    """probe the bed mesh with the nozzle"""

    destructive = "moves the nozzle"
    effects = ("heats", "moves")
    codes = ("PRINTER_BUSY",)


class Fan(Check):
    """Is the fan there?"""

    def run(self, subject):
        return "it is"


class Toml:
    def add_argument_group(self, parser):
        pass

    def emit_one(self, *_):
        pass


class Undocumented(CliError):
    code = "NOBODY_KNOWS"


class Unadvised(CliError):
    """Something is wrong."""

    code = "NOBODY_HELPS"


def entry(name, thing, group="commands"):
    def load():
        if isinstance(thing, BaseException):
            raise thing
        return thing

    return SimpleNamespace(group=f"octoprint_cli.{group}", name=name, value=f"acme_{name}_tools:Thing", load=load)


def problems_of(thing, name="lamp", group="commands"):
    return check_plugin([entry(name, thing, group)])


def variant(base=Lamp, doc=Lamp.__doc__, **members):
    return type("Variant", (base,), {"__doc__": doc, **members})


def with_option(*names, **how):
    def get_parser(self, prog_name):
        parser = super(Lamp, self).get_parser(prog_name)
        parser.add_argument(*names, **how)
        return parser

    return variant(get_parser=get_parser)


# -- good ones --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", (Lamp, Lamps, Probe))
def test_good_command_has_no_problems(kind):
    assert problems_of(kind) == []


@pytest.mark.parametrize(("group", "kind"), (("preflight", Fan), ("formatter.show", Toml)))
def test_good_check_and_format_have_no_problems(group, kind):
    assert problems_of(kind, group=group) == []


def test_installed_distribution_is_checked_by_name(extra_plugins):
    extra_plugins.add("commands", "lamp_show", lambda: Lamp)
    extra_plugins.add("commands", "lamp_break", lambda: variant(doc="break."))
    (problem,) = check_plugin("Acme_Tools")
    assert problem.startswith("command lamp break ")


def test_missing_distribution_is_a_problem():
    assert check_plugin("nobodys-tools") == ["no distribution nobodys-tools is installed that adds anything to octoprint-cli"]
    assert check_plugin([]) != []


def test_builtin_entry_points_follow_the_rules(own):
    assert check_plugin([entry_point for dist in own for entry_point in dist.entry_points]) == []


# -- names and loading ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", (ImportError("no module named turtle"), SystemExit(3), ZeroDivisionError()))
def test_failure_to_load_is_reported_with_reason(error):
    (problem,) = problems_of(error)
    assert problem.startswith(f"command lamp cannot be loaded: {type(error).__name__}")


@pytest.mark.parametrize("name", ("Lamp", "lamp show", "_lamp", "lamp__show", "1lamp"))
def test_name_must_be_typeable(name):
    assert any("lower case" in problem for problem in problems_of(Lamp, name))


def test_builtin_name_is_a_clash():
    assert problems_of(Lamp, "status") == [
        "command status has a name that is also claimed by octoprint_cli.commands.printer.status:Status"
    ]


def test_name_of_another_plugin_is_a_clash(extra_plugins):
    extra_plugins.add("commands", "lamp", lambda: Lamp, "others")
    assert "claimed by others.lamp:Thing" in " ".join(problems_of(Lamp))


def test_name_claimed_twice_in_one_plugin_is_a_clash():
    first, second = entry("lamp", Lamp), entry("lamp", Lamps)
    second.value = "acme_lamp_tools:Another"
    assert len(check_plugin([first, second])) == 2


def test_unknown_entry_point_group_is_a_problem():
    (problem,) = problems_of(Lamp, group="command")
    assert "octoprint_cli.commands" in problem


# -- a command --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doc", "word"),
    (
        (None, "no docstring"),
        ("show whether the lamp is on.", "full stop"),
        ("lamp", "characters"),
        ("show " + "very " * 20 + "much", "characters"),
        ("show whether\nthe lamp is on", "blank line"),
        ("Show whether the lamp is on", "lower case"),
    ),
)
def test_docstring_violations_are_reported(doc, word):
    (problem,) = problems_of(variant(doc=doc))
    assert word in problem


class Bare(ShowOne):
    """show what is declared nowhere"""

    effects = ("reads",)

    def take_action(self, parsed_args):
        return {}


@pytest.mark.parametrize(
    ("kind", "word"),
    (
        (Bare, "declares no result"),
        (variant(answer=fields.Field({"type": object()})), "JSON Schema"),
        (variant(effects=None), "declares no effects"),
        (variant(effects=("explodes",)), "explodes"),
        (variant(effects=("reads", "heats")), "heats, and is not guarded"),
        (variant(effects=("powers",)), "powers, and is not guarded"),
        (variant(Probe, Probe.__doc__, effects=("reads",)), "do not say what"),
        (variant(codes=("NO_SUCH_CODE",)), "NO_SUCH_CODE"),
        (variant(codes=("NOBODY_KNOWS",)), "no docstring"),
        (variant(codes=("NOBODY_HELPS",)), "no advice"),
        (with_option("--bright"), "--bright"),
        (with_option("--host", help="another one"), "--host"),
        (with_option("--timeout", help="another one"), "--timeout"),
        (with_option("--bright", help="%d of them"), "cannot show its help with -f json"),
        (with_option("-f", help="taken"), "cannot show its help"),
        (object, "derived from none of"),
        (5, "derived from none of"),
    ),
)
def test_each_violated_rule_is_reported_once(kind, word):
    problems = problems_of(kind)
    assert any(word in problem for problem in problems), problems
    assert len(problems) == 1


def test_command_running_other_commands_need_not_be_guarded():
    assert problems_of(variant(effects=("heats",), runs_commands=True)) == []


def test_command_may_define_its_own_timeout_option():
    kind = with_option("--timeout", help="another one")
    kind.own_timeout = True
    assert problems_of(kind) == []


def test_parser_is_built_for_every_format():
    def get_parser(self, prog_name):
        if self.app.format.name == "yaml":
            raise ValueError("no yaml here")
        return super(Lamp, self).get_parser(prog_name)

    assert problems_of(variant(get_parser=get_parser)) == [
        "command lamp cannot show its help with -f yaml: ValueError: no yaml here"
    ]


# -- checks and formats -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "kind", "word"),
    (
        ("preflight", Lamp, "derived from Check"),
        ("preflight", type("Empty", (Check,), {"__doc__": "Is it there?"}), "no run()"),
        ("preflight", type("Silent", (Fan,), {}), "no docstring"),
        ("formatter.list", Toml, "emit_list"),
        ("formatter.show", Fan, "emit_one"),
    ),
)
def test_check_and_format_violations_are_reported(group, kind, word):
    assert any(word in problem for problem in problems_of(kind, group=group))


# -- imports ----------------------------------------------------------------------------------------

GOOD = '''from octoprint_cli.api import ShowOne, errors, fields
from octoprint_cli import api, testing
from octoprint_cli.testing import run


class Hello(ShowOne):
    """say hello to the printer"""

    answer = fields.record(hello=fields.text())
    effects = ("reads",)

    def take_action(self, parsed_args):
        return {"hello": "printer"}
'''
WRONG = """import octoprint_cli.framework.base
from octoprint_cli import errors, api, testing
from octoprint_cli.client.resource import Noun
from octoprint_cli.api import Waiter
import octoprint_cli_other
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "acme_imports"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("acme_imports")]:
        del sys.modules[name]


def loaded(package):
    (package / "commands.py").write_text(GOOD)
    found = entry("hello", None)
    found.value, found.load = "acme_imports.commands:Hello", lambda: import_module("acme_imports.commands").Hello
    return check_plugin([found])


def test_plugin_importing_only_the_facade_has_no_problems(package):
    assert loaded(package) == []


def test_import_past_the_facade_is_reported_with_line(package):
    (package / "helper.py").write_text(WRONG)
    problems_of = [f"acme_imports: helper.py, line {line} imports octoprint_cli.{what}" for line, what in enumerate(PAST, 1)]
    assert loaded(package) == [f"{problem}; a plugin imports octoprint_cli.api alone" for problem in problems_of]


PAST = ("framework.base", "errors", "client.resource.Noun", "api.Waiter")
