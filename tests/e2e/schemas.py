"""What the program answers, held against the JSON Schema that the program itself shows for the command: `schema NAME`.

More strictly than the schema, which lets answers grow: what is answered has to be declared.
"""

from __future__ import annotations

import functools
import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set

from jsonschema import Draft202012Validator, FormatChecker

from octoprint_cli import testing

#: The program's own options that take a value.
_VALUED = frozenset("--printer --host --api-key --config --timeout --format -f".split())
#: These choose from what is declared.
_COLUMNS = ("-c", "--column")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
#: Two failures of `print` have other data than its success: what is uploaded already, and the report of the pre-flight.
_OTHERS = {"print": ("action", "checks")}

Json = Dict[str, Any]
_formats = FormatChecker(formats=())


@_formats.checks("date-time")
def is_time(value: object) -> bool:
    """Whether it is a time in UTC that there is; jsonschema itself looks at no time unless another package is there."""
    if not isinstance(value, str):
        return True
    try:
        return bool(_TIME.fullmatch(value) and datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return False


def closed(schema: Json) -> Json:
    """The same, in which nothing may stand that is not declared."""
    made = dict(schema)
    if "properties" in schema:
        made["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
        made.setdefault("additionalProperties", False)
    for word in ("items", "additionalProperties"):
        if isinstance(made.get(word), dict):
            made[word] = closed(made[word])
    return made


def members(schema: Json, path: str = "") -> Iterator[str]:
    """Each declared member, as a path: `job.file`, `files[].name`, `temperature.*.actual`."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}.{name}".lstrip(".")
        yield from members(part, f"{path}.{name}".lstrip("."))
    for word, sign in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(word), dict):
            yield from members(schema[word], path + sign)


def shown(schema: Json, value: Any, path: str = "") -> Iterator[str]:
    """The declared members that a value has, and not as null."""
    if isinstance(value, list):
        for item in value:
            yield from shown(schema.get("items", {}), item, path + "[]")
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        for name, part in value.items():
            if name in known:
                here = f"{path}.{name}".lstrip(".")
                yield from [here] if part is not None else []
                yield from shown(known[name], part, here)
            elif isinstance(schema.get("additionalProperties"), dict):
                yield from shown(schema["additionalProperties"], part, path + ".*")


class Schema:
    """A command's schema, and the kinds of answer in it: its own, that of --dry-run, that of what was skipped."""

    def __init__(self, schema: Json) -> None:
        Draft202012Validator.check_schema(schema)
        self.kinds: List[Json] = schema.get("anyOf", [schema])
        self._whole = Draft202012Validator(schema, format_checker=_formats)
        self._strict = [_strict(kind) for kind in self.kinds]
        self._parts = [_strict({**kind, "required": []}) for kind in self.kinds]
        #: A plugin need not declare its answer.
        self.declares = bool(self.kinds[0].get("properties"))

    def problems(self, data: Any) -> List[str]:
        """What of a success is not as the schema says, or not in it."""
        loose = _messages(self._whole, data)
        return loose if loose or not self.declares else self._nearest(data, self._strict)

    def part_problems(self, data: Any) -> List[str]:
        """The same of a failure, which may have less."""
        return self._nearest(data, self._parts) if self.declares else []

    def shown(self, data: Any) -> Set[str]:
        """The members that an answer has, of the kind that it is."""
        kind = next(kind for kind, strict in zip(self.kinds, self._strict) if not _messages(strict, data))
        return {_named(kind, path) for path in shown(kind, data)}

    def members(self) -> Set[str]:
        return {_named(kind, path) for kind in self.kinds for path in members(kind)} if self.declares else set()

    @staticmethod
    def _nearest(data: Any, kinds: Sequence[Draft202012Validator]) -> List[str]:
        return min((_messages(kind, data) for kind in kinds), key=len)


def _strict(kind: Json) -> Draft202012Validator:
    return Draft202012Validator(closed(kind), format_checker=_formats)


def _messages(validator: Draft202012Validator, data: Any) -> List[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]


def _named(kind: Json, path: str) -> str:
    """`preflight.ready (with --dry-run)`."""
    described = kind.get("description", "")
    return f"{path} ({described})" if described else path


#: What commands have shown while a test collects it: by command.
ledger: Optional[Dict[str, Set[str]]] = None


def check_answer(line: Sequence[str], envelope: Json) -> None:
    """Check what a run has answered against the schema of its command. Raises AssertionError."""
    words, chosen = _words(line[1:]), any(word.startswith(_COLUMNS) for word in line[1:])
    if not chosen and Path(line[0]).name == "octoprint-cli":
        check_data(words, envelope)


def check_data(words: Sequence[str], envelope: Json) -> None:
    """Check the answer to the words of a command, as `check_answer` does."""
    name = next((name for name in (" ".join(words[:2]), *words[:1]) if name in catalogue()), None)
    failed, data = envelope["status"] == "error", envelope["data"]
    if failed and (name is None or data is None or any(other in data for other in _OTHERS.get(name, ()))):
        return
    assert name is not None, f"no command answers {words}"
    schema = schema_of(name)
    problems = schema.part_problems(data) if failed else schema.problems(data)
    assert not problems, "\n".join([f"{name} answers what its schema does not say:", *problems, json.dumps(data)[:2000]])
    if ledger is not None and not failed:
        ledger.setdefault(name, set()).update(schema.shown(data) if schema.declares else ())


def _words(argv: Sequence[str]) -> List[str]:
    """Return the words of a line, without the program's options."""
    rest, found = iter(argv), []
    for word in rest:
        if word in _VALUED:
            next(rest, None)
        elif not word.startswith("-"):
            found.append(word)
    return found


def catalogue() -> List[str]:
    """Return the names of the installed commands."""
    return list(_shown())


@functools.lru_cache(maxsize=None)
def schema_of(name: str) -> Schema:
    return Schema(_shown()[name])


@functools.lru_cache(maxsize=None)
def _shown() -> Dict[str, Json]:
    """What `schema` shows of each command, asked for in one run."""
    names = [command["name"] for command in json.loads(_output("commands"))["data"]["commands"]]
    lines = _output("batch", given="".join(f"schema {name}\n" for name in names)).splitlines()
    return {name: json.loads(line)["data"]["schema"] for name, line in zip(names, lines)}


def _output(*words: str, given: str = "") -> str:
    """What the program writes in this process, whatever the configuration."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    done = testing.run("--json", *words, env=environ, stdin=given)
    assert done.exit_code == 0, done
    return done.stdout
