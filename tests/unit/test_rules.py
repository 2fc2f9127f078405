"""The house rules for add-ons: each is broken once, and told in a sentence; a good add-on hears nothing."""

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


def told(thing, name="lamp", group="commands"):
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
def test_a_good_command_hears_nothing(kind):
    assert told(kind) == []


@pytest.mark.parametrize(("group", "kind"), (("preflight", Fan), ("formatter.show", Toml)))
def test_a_good_check_and_a_good_format_hear_nothing(group, kind):
    assert told(kind, group=group) == []


def test_an_installed_distribution_is_judged_by_its_name(add_ons):
    add_ons.add("commands", "lamp_show", lambda: Lamp)
    add_ons.add("commands", "lamp_break", lambda: variant(doc="break."))
    (problem,) = check_plugin("Acme_Tools")
    assert problem.startswith("command lamp break ")


def test_what_is_not_installed_is_not_good():
    assert check_plugin("nobodys-tools") == ["no distribution nobodys-tools is installed that adds anything to octoprint-cli"]
    assert check_plugin([]) != []


def test_our_own_commands_checks_and_formats_keep_them_too(own):
    assert check_plugin([entry_point for dist in own for entry_point in dist.entry_points]) == []


# -- names and loading ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", (ImportError("no module named turtle"), SystemExit(3), ZeroDivisionError()))
def test_what_does_not_load_is_told_with_its_reason(error):
    (problem,) = told(error)
    assert problem.startswith(f"command lamp cannot be loaded: {type(error).__name__}")


@pytest.mark.parametrize("name", ("Lamp", "lamp show", "_lamp", "lamp__show", "1lamp"))
def test_a_name_must_be_one_that_can_be_typed(name):
    assert any("lower case" in problem for problem in told(Lamp, name))


def test_a_built_in_name_is_taken():
    assert told(Lamp, "status") == [
        "command status has a name that is also claimed by octoprint_cli.commands.printer.status:Status"
    ]


def test_a_name_of_another_add_on_is_taken(add_ons):
    add_ons.add("commands", "lamp", lambda: Lamp, "others")
    assert "claimed by others.lamp:Thing" in " ".join(told(Lamp))


def test_a_name_is_claimed_once_within_an_add_on():
    first, second = entry("lamp", Lamp), entry("lamp", Lamps)
    second.value = "acme_lamp_tools:Another"
    assert len(check_plugin([first, second])) == 2


def test_a_group_that_there_is_not():
    (problem,) = told(Lamp, group="command")
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
def test_the_help_line(doc, word):
    (problem,) = told(variant(doc=doc))
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
def test_each_rule_is_told_where_it_is_broken(kind, word):
    problems = told(kind)
    assert any(word in problem for problem in problems), problems
    assert len(problems) == 1


def test_who_runs_other_commands_leaves_the_guard_to_them():
    assert told(variant(effects=("heats",), runs_commands=True)) == []


def test_a_command_may_have_a_time_limit_of_its_own():
    kind = with_option("--timeout", help="another one")
    kind.own_timeout = True
    assert told(kind) == []


def test_every_format_is_tried():
    def get_parser(self, prog_name):
        if self.app.format.name == "yaml":
            raise ValueError("no yaml here")
        return super(Lamp, self).get_parser(prog_name)

    assert told(variant(get_parser=get_parser)) == ["command lamp cannot show its help with -f yaml: ValueError: no yaml here"]


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
def test_checks_and_formats(group, kind, word):
    assert any(word in problem for problem in told(kind, group=group))


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


def test_who_keeps_to_the_facades_hears_nothing(package):
    assert loaded(package) == []


def test_what_is_imported_past_the_facade_is_told_with_its_line(package):
    (package / "helper.py").write_text(WRONG)
    told = [f"acme_imports: helper.py, line {line} imports octoprint_cli.{what}" for line, what in enumerate(PAST, 1)]
    assert loaded(package) == [f"{problem}; a plugin imports octoprint_cli.api alone" for problem in told]


PAST = ("framework.base", "errors", "client.resource.Noun", "api.Waiter")
