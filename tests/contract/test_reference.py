"""The reference pages of the façades are complete and true: what is promised stands there, and what stands there exists."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, NamedTuple, Optional, Sequence, Set

import pytest

from octoprint_cli import api, testing
from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.client.phase import Phase
from octoprint_cli.client.resources.connection import ConnectionState
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import PrinterState, Sample, Temperature
from octoprint_cli.client.resources.profiles import Profile, Volume
from octoprint_cli.client.resources.server import User
from octoprint_cli.client.resources.server_plugins import PluginWarning, PowerTrouble, Prompt
from octoprint_cli.client.resources.stored_file import History, Listing, StoredFile
from octoprint_cli.client.resources.uploads import UploadOptions, UploadResult
from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.config.settings import Settings
from octoprint_cli.config.values import Limits
from octoprint_cli.testing import fixtures

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

#: What the methods of `self.client` return, and what a check is given.
VALUES: Sequence[Any] = (
    *(Job, PrinterState, Temperature, Sample, StoredFile, History, Listing, JobOutcome, UploadOptions),
    *(UploadResult, ConnectionState, User, Profile, Volume),
    *(PluginWarning, Prompt, PowerTrouble, Limits, api.Contents, api.Line),
)
#: Of a client what is no plugin's business: the connection below it, and what the program does with it between commands.
OURS = {"client.http", "client.fresh_copy", "client.aftermath"}
#: Errors that the program ends with by itself, when a signal comes.
SIGNALS = {"errors.Interrupted", "errors.Stopped"}


class Command(api.Guarded, api.ShowOne):
    """a command as a plugin has it"""

    destructive = "does harm"


class Name(NamedTuple):
    """A name of a table, such as `client.job.pause`, what stands in its brackets if it has some, and for what its row is."""

    path: str
    arguments: Optional[str] = None
    group: str = ""


def section() -> str:
    """The text of the reference."""
    return "\n".join((REFERENCE / f"{page}.md").read_text(encoding="utf-8") for page in ("api", "testing"))


#: Names of API version 1 that still work; the reference has those of today.
OLD_NAMES = {"client.noun", "resource.settle", "resource.patience", "resource.told"}


def names(text: str) -> Iterator[Name]:
    """Every name of every table; the last cell of a row is its meaning."""
    for row in re.findall(r"^\|(.*)\|$", text, re.MULTILINE):
        *cells, _ = row.split("|")
        last = ""
        for path, brackets, arguments in re.findall(r"`([\w.]+)(\((.*?)\))?`", "".join(cells)):
            last = f"{last.rpartition('.')[0]}{path}" if path.startswith(".") else path
            yield Name(last, arguments if brackets else None, cells[0].strip())


def paths() -> Set[str]:
    """Where every name stands."""
    return {name.path for name in names(section())}


@pytest.fixture
def client() -> Client:
    """A client, which is asked nothing."""
    return Client(ServerAddress("http://octoprint.invalid", None))


@pytest.fixture
def roots(client: Client, server: testing.FaultServer, tmp_path: Path) -> Dict[str, Any]:
    """What the first words of dotted names mean, where they are no names of the two modules."""
    runner = testing.CliRunner(tmp_path, {})
    roots: Dict[str, Any] = {value.__name__: value for value in (*VALUES, Phase)}
    roots.update(self=Command, field=api.fields.Field, settings=Settings, terminal=api.Terminal)
    roots.update(client=client, resource=api.Resource, context=api.Subject(client, Settings({}, {})))
    roots.update(octoprint_server=server, octoprint=server.octoprint, octoprint_run=runner, result=testing.Result)
    description = {"host": "http://octoprint.invalid", "octoprint": "1.11.8"}
    return {**roots, "request": testing.Request, "real_octoprint": testing.RealOctoPrint(description, runner)}


def found(path: str, roots: Dict[str, Any]) -> Any:
    """What is behind a name; no property is asked. Raises AttributeError."""
    root, *rest = path.split(".")
    thing = roots[root] if root in roots else getattr(api if hasattr(api, root) else testing, root)
    for name in rest[:-1]:
        thing = getattr(thing, name)
    is_plain = inspect.isclass(thing) or inspect.ismodule(thing)
    return thing if not rest else getattr(thing, rest[-1]) if is_plain else inspect.getattr_static(thing, rest[-1])


def taken(thing: Any) -> Dict[str, bool]:
    """What something callable takes, and whether it may be left out."""
    parameters = [one for one in inspect.signature(thing).parameters.values() if one.name != "self"]
    passed_on = taken(testing.run) if isinstance(thing, testing.CliRunner) else {}
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {**passed_on, **{one.name: one.default is not one.empty or one.kind in several for one in parameters}}


def wrong(name: Name, roots: Dict[str, Any]) -> str:
    """What is wrong with a name; empty if it is true."""
    try:
        thing = found(name.path, roots)
    except AttributeError:
        return f"{name.path} does not exist"
    if name.arguments is None:
        is_fault = name.path.startswith("faults.") and list(taken(thing)) == ["exchange"]
        return f"{name.path} is called" if inspect.isroutine(thing) and not is_fault else ""
    if not callable(thing):
        return f"{name.path} is not called"
    shown = {word.strip("*="): word.startswith("*") or word.endswith("=") for word in filter(None, name.arguments.split(", "))}
    real = taken(thing)
    untrue = [word for word, optional in shown.items() if real.get(word) is not optional]
    untrue += [word for word, optional in real.items() if not optional and word not in shown]
    return f"{name.path} does not take {', '.join(untrue)} so" if untrue else ""


def public(thing: Any, below: str) -> Set[str]:
    """The public members of something, instance attributes too."""
    return {f"{below}.{name}" for name in {*dir(thing), *getattr(thing, "__dict__", ())} if not name.startswith("_")}


def missing(promised: Iterable[str]) -> Set[str]:
    """What of it does not stand in the reference."""
    return set(promised) - paths()


def test_every_documented_name_exists_with_its_signature(roots: Dict[str, Any]) -> None:
    named = list(names(section()))
    assert len(named) > 300 and len(named) == len({name.path for name in named})
    assert list(filter(None, (wrong(name, roots) for name in named))) == []


UNTRUE = ("fields.colour()", "fields.text", "fields.text(words=)", "fields.size(meaning=)", "fields.size()", "octoprint.state()")


@pytest.mark.parametrize("untrue", UNTRUE)
def test_untrue_documentation_is_detected(untrue: str, roots: Dict[str, Any]) -> None:
    assert [wrong(name, roots) for name in names(f"| `client.job.start()`, `{untrue}` | what it is |\n")][1:] != [""]


def test_reference_contains_no_code_blocks() -> None:
    assert "```" not in section()


def test_reference_documents_every_public_name() -> None:
    assert missing({*api.__all__} - {"Setting", "fields", "errors"} - set(api.ALIASES)) == set()
    classes = ("Resource", "Check", "Setting", "fields", "faults", "octoprint_run")
    assert {name for name in classes if not any(path.split(".")[0] == name for path in paths())} == set()
    assert missing({*testing.__all__} - {"ServerPlugin", "faults"} - set(testing.ALIASES)) == set()


def test_reference_documents_fields_settings_faults_and_fixtures() -> None:
    functions = inspect.getmembers(api.fields, inspect.isfunction)
    assert missing(f"fields.{name}" for name, one in functions if one.__module__ == api.fields.__name__ and name[0] != "_") == set()
    kinds = [name for name, one in vars(api.Setting).items() if isinstance(one, classmethod) and name[0] != "_"]
    assert missing(f"Setting.{name}" for name in kinds) == set()
    faults = [(name, one) for name, one in inspect.getmembers(testing.faults, inspect.isfunction) if name[0] != "_"]
    assert missing(f"faults.{name}" for name, one in faults if "testing.faults" in one.__module__) == set()
    kit = [name for name in vars(fixtures) if name.startswith(("octoprint_", "real_"))]
    assert len(kit) == 5 and [name for name in kit if f"`{name}`" not in section()] == []


def test_reference_documents_every_client_member(client: Client) -> None:
    resources = {name: resource for name in dir(client) if isinstance(resource := getattr(client, name), api.Resource)}
    assert len(resources) == 8
    own = public(client, "client") - OURS - OLD_NAMES - {f"client.{name}" for name in resources}
    assert missing(own) == set()
    shared = public(api.Resource, "resource")
    assert missing(shared - OLD_NAMES) == set()
    for name, resource in resources.items():
        assert missing(public(type(resource), f"client.{name}") - public(api.Resource, f"client.{name}")) == set()


def test_reference_documents_every_returned_value() -> None:
    assert missing(f"{value.__name__}.{name}" for value in VALUES for name in value._fields) == set()


def test_reference_documents_context_and_result(roots: Dict[str, Any]) -> None:
    assert missing(public(roots["context"], "context")) == set()
    assert missing(public(testing.Result, "result") - public(tuple, "result")) == set()


def test_reference_documents_every_error_with_its_exit_code() -> None:
    kinds = {name: one for name, one in inspect.getmembers(api.errors, inspect.isclass) if issubclass(one, api.CliError)}
    assert missing({f"errors.{name}" for name in kinds if name != "CliError"} - SIGNALS) == set()
    for name in names(section()):
        if name.path.startswith("errors."):
            assert name.group.endswith(str(int(kinds[name.path[7:]].exit_code))), name
