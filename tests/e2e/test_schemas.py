"""Every command in all its modes on a real server: what it answers is what its schema says, no more and no less."""

from __future__ import annotations

import copy
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

from . import schemas
from .program import PROGRAM
from .scenes import SCENES, Stage
from .server import Server

#: Commands that no scene makes succeed, and why.
UNHEARD = {
    "power off": "wants PSU Control on the server: the plugin's own tests have it",
    "power on": "as power off",
    "power status": "as power off",
}
#: Members that no scene shows with a value, and why; of any command where there is no name.
_NO_UPLOAD = "uploads nothing"
_NO_PRINTER = "null, as there is no connection any more: it is one record with that of connect"
_NO_ERROR = "a printer with an error is not connected, which is a failure, and in its data"
_NO_OFFSET = "the server has none: test_preflight sets some"
_UNASKED = ("connect", "disconnect", "pause", "resume", "temp", "upload")
_OF_A_SANDBOX = ("octoprint", "host", "port", "pid", "path", "printer", "python")
HIDDEN: Dict[Tuple[str, str], str] = {
    **{("", f"requests[].form{more} (with --dry-run)"): _NO_UPLOAD for more in ("", ".file", ".size")},
    **{("disconnect", member): _NO_PRINTER for member in ("port", "baudrate", "profile")},
    ("", "error"): _NO_ERROR,
    ("", "temperature.*.offset"): _NO_OFFSET,
    ("temp", "history[].*.offset"): "the server's history has none",
    **{("print", member): "what has printed to its end asks nothing" for member in ("prompt", "prompt.choices", "prompt.text")},
    ("print", "last_job.reason"): "a good end has none",
    **{(name, "needs_confirm (with --dry-run)"): "what the scenes rehearse of it wants none" for name in _UNASKED},
    **{("print", f"replaced{more}"): "one code with that of upload" for more in ("", ".date", ".hash", ".size")},
    ("gcode", "replies[].error"): "what the firmware refuses is a failure, and in its data",
    ("files", "files[].estimated_print_time"): "the server analyses no uploads here",
    ("version", "conflict"): "no other octoprint-cli is installed beside ours",
    ("sandbox stop", "pid"): "what is stopped has no process",
    **{("sandbox remove", member): "there is none of that name: ours is wanted yet" for member in _OF_A_SANDBOX},
    **{("plugins check", f"plugins[].problems[].{member}"): "the sandbox breaks no rule" for member in ("rule", "what", "message")},
}
#: The same, of OctoPrint 2.0 alone.
HIDDEN_IN_2 = {("upload", "hash"): "it tells no hash", ("upload", "replaced.hash"): "it tells no hash"}
#: Those that show or do not, as it happens.
NOW_AND_THEN = {("print", "job.user"): "2.0.0rc7 has most often forgotten it when the job is at its end"}


#: Those that look at the scenes run in one process, and whichever comes first has their time.
TOGETHER = pytest.mark.xdist_group("schemas")
SCENES_TAKE = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def shown(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, Set[str]]]:
    """What every command has answered in all the scenes; each answer was held against its schema as it came."""
    schemas.ledger = {}
    try:
        for scene in SCENES:
            running.reset()
            scene(Stage(running, tmp_path_factory.mktemp(scene.__name__)))
            running.end_begun()
        yield schemas.ledger
    finally:
        schemas.ledger = None
        running.end_begun()


@TOGETHER
@SCENES_TAKE
def test_every_command_has_answered_in_some_scene(shown: Dict[str, Set[str]]) -> None:
    silent = {name for name in schemas.catalogue() if name not in shown}
    assert silent <= set(UNHEARD), f"no scene runs {silent - set(UNHEARD)}"
    assert not set(UNHEARD) & set(shown), "what has answered needs no reason why not"


@TOGETHER
@SCENES_TAKE
def test_every_declared_schema_member_is_seen(running: Server, shown: Dict[str, Set[str]]) -> None:
    reasons = {**HIDDEN, **NOW_AND_THEN, **(HIDDEN_IN_2 if running.modern else {})}
    hidden = {(name, member) for name, seen in shown.items() for member in members(name) - seen}
    reasons_given = {found: reasons.get(found) or reasons.get(("", found[1]), "") for found in sorted(hidden)}
    for (name, member), why in reasons_given.items():
        print(f"{name}: {member}: {why or 'NEVER SHOWN'}")
    assert [found for found, why in reasons_given.items() if not why] == []
    seen = {(name, member) for name in shown for member in members(name)} - hidden
    assert seen & set(reasons) <= set(NOW_AND_THEN), "what shows needs no reason why not"


def test_exceptions_name_existing_schema_members() -> None:
    commands = schemas.catalogue()
    there = {(name, member) for command in commands for member in members(command) for name in ("", command)}
    assert {*HIDDEN, *HIDDEN_IN_2, *NOW_AND_THEN} - there == set()


def members(name: str) -> Set[str]:
    return schemas.schema_of(name).members()


# -- that it can fail -------------------------------------------------------------------------------

NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
SCHEMA: Dict[str, Any] = {
    "type": "object",
    "properties": {
        "ended": {"type": ["string", "null"], "format": "date-time"},
        "files": {"type": "array", "items": NAMED},
        "by_tool": {"type": "object", "additionalProperties": NAMED},
        "job": NAMED,
        "any": {"description": "a value"},
    },
    "required": ["ended", "files", "by_tool", "job"],
}
GOOD: Dict[str, Any] = {
    "ended": "2026-11-22T22:48:22.5Z",
    "files": [{"name": "a"}],
    "by_tool": {"tool0": {"name": "b"}},
    "job": {"name": "c"},
    "any": {"whatever": 1},
}
BAD: List[Tuple[Tuple[Any, ...], Any]] = [
    (("more",), 1),
    (("files", 0, "more"), None),
    (("by_tool", "tool0", "more"), 1),
    (("job", "more"), 1),
    (("job", "name"), None),
    (("ended",), "2026-11-22 22:48:22"),
    (("ended",), "2026-11-31T22:48:22Z"),
    (("ended",), 1.0),
    (("by_tool", "tool1"), None),
]


@pytest.mark.parametrize(("path", "value"), BAD)
def test_undeclared_data_is_detected(path: Tuple[Any, ...], value: Any) -> None:
    schema, data = schemas.Schema(SCHEMA), copy.deepcopy(GOOD)
    assert (schema.problems(data), schema.part_problems({"job": data["job"]})) == ([], [])
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert schema.problems(data) and schema.part_problems(data)


@pytest.mark.parametrize("gone", ["ended", "files", "by_tool", "job"])
def test_missing_data_is_detected(gone: str) -> None:
    assert schemas.Schema(SCHEMA).problems({name: value for name, value in GOOD.items() if name != gone})


def test_schema_member_counts_as_shown_if_it_has_a_value() -> None:
    schema = schemas.Schema({"anyOf": [SCHEMA, {**NAMED, "description": "with --dry-run"}]})
    everything = {"ended", "files", "files[].name", "by_tool", "by_tool.*.name", "job", "job.name", "any"}
    assert schema.members() == {*everything, "name (with --dry-run)"}
    assert schema.shown(GOOD) == everything
    assert schema.shown({**GOOD, "ended": None, "files": []}) == everything - {"ended", "files[].name"}
    assert schema.shown({"name": "x"}) == {"name (with --dry-run)"}


def test_command_line_is_matched_to_its_schema() -> None:
    program = str(PROGRAM)
    envelope = {"status": "success", "data": {"cli": "1", "python": "3", "host": None, "server": None, "conflict": None}}
    schemas.check_answer([program, "--printer", "status", "--json", "version", "--client"], envelope)
    for line in (["status"], ["config", "show"], ["version", "--client", "--printer", "x", "-v"]):
        wrong = {**envelope, "data": {**envelope["data"], "more": 1}}  # type: ignore[dict-item]
        with pytest.raises(AssertionError, match="its schema does not say"):
            schemas.check_answer([program, *line], wrong)
