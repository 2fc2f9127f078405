"""Reading what the program wrote, in each format, as strictly as its reader would."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, Callable, Dict, List

import yaml

from octoprint_cli.errors import CODES

from .command_lines import refused

#: libyaml's reader, where PyYAML was built with it, needs a tenth of the time.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=\S.*|[A-Za-z_][A-Za-z0-9_]*=''")


def as_json(text: str) -> Dict[str, Any]:
    """Exactly one document, in ASCII, that ends its line."""
    assert text.isascii() and text.endswith("\n")
    document: Dict[str, Any] = json.loads(text, parse_constant=_no_constant)
    return document


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def as_yaml(text: str) -> Dict[str, Any]:
    """Exactly one document, in ASCII."""
    assert text.isascii() and text.endswith("\n")
    documents = list(yaml.load_all(text, _YAML))
    assert len(documents) == 1
    found: Dict[str, Any] = documents[0]
    return found


def as_json_lines(text: str) -> Dict[str, Any]:
    """A stream: a document a line, each like the next in what it tells of itself; returns the envelope, the last one."""
    return _envelope_of([as_json(line + "\n") for line in text.splitlines()])


def as_yaml_documents(text: str) -> Dict[str, Any]:
    """The same of a stream in YAML."""
    assert text.isascii() and text.endswith("\n")
    return _envelope_of(list(yaml.load_all(text, _YAML)))


def _envelope_of(documents: List[Dict[str, Any]]) -> Dict[str, Any]:
    *items, envelope = documents
    assert [document["seq"] for document in items] == list(range(1, len(items) + 1))
    assert all(set(document) > {"seq", "time", "source", "type"} for document in items)
    assert "status" in envelope and not any("status" in document for document in items)
    return envelope


def as_batch(text: str) -> Dict[str, Any]:
    """What `batch` answers: a line for each line, and the envelope."""
    return _end_of_batch([as_json(line + "\n") for line in text.splitlines()])


def as_batch_documents(text: str) -> Dict[str, Any]:
    """The same in YAML."""
    assert text.isascii() and text.endswith("\n")
    return _end_of_batch(list(yaml.load_all(text, _YAML)))


def _end_of_batch(documents: List[Dict[str, Any]]) -> Dict[str, Any]:
    *items, envelope = documents
    for item in items:
        assert list(item)[:3] == ["line", "command", "exit_code"]
        answer = {name: value for name, value in item.items() if name not in ("line", "command", "exit_code")}
        check_failure(answer) if item["exit_code"] else check_success(answer)
    assert [item["line"] for item in items] == sorted({item["line"] for item in items})
    assert envelope["data"] is None or envelope["data"]["lines"] == len(items)
    return envelope


def as_csv(text: str) -> List[Dict[str, str]]:
    """A header and rows as wide as it is."""
    header, *rows = csv.reader(io.StringIO(text), strict=True)
    assert header and all(re.fullmatch("[a-z_]+", name) for name in header)
    assert all(len(row) == len(header) for row in rows)
    return [dict(zip(header, row)) for row in rows]


def as_shell(text: str) -> Dict[str, str]:
    """Assignments, one a line, and nothing else."""
    lines = text.splitlines()
    assert lines and all(_ASSIGNMENT.fullmatch(line) for line in lines), text
    return dict(line.split("=", 1) for line in lines)


def as_lines(text: str) -> List[str]:
    """Lines without a control character."""
    assert text.endswith("\n") and text.replace("\n", "").isprintable()
    return text.splitlines()


READERS: Dict[str, Callable[[str], Any]] = {
    "json": as_json,
    "yaml": as_yaml,
    "csv": as_csv,
    "shell": as_shell,
    "value": as_lines,
    "table": as_lines,
    "text": as_lines,
}

#: Of a command that streams.
STREAM_READERS: Dict[str, Callable[[str], Any]] = {**READERS, "json": as_json_lines, "yaml": as_yaml_documents}

#: Of the command that runs others.
BATCH_READERS: Dict[str, Callable[[str], Any]] = {**READERS, "json": as_batch, "yaml": as_batch_documents}

ENVELOPES = ("json", "yaml")


def check_success(envelope: Dict[str, Any]) -> Dict[str, Any]:
    """An envelope of a success; returns its data."""
    assert set(envelope) == {"status", "data"} and envelope["status"] == "success", envelope
    data: Dict[str, Any] = envelope["data"]
    assert isinstance(data, dict)
    return data


def check_failure(envelope: Dict[str, Any], code: str = "") -> Dict[str, Any]:
    """An envelope of a failure, with everything that one owes; returns the error."""
    assert set(envelope) == {"status", "data", "error"} and envelope["status"] == "error", envelope
    assert envelope["data"] is None or isinstance(envelope["data"], dict)
    error: Dict[str, Any] = envelope["error"]
    assert set(error) <= {"code", "message", "retryable", "hint", "details"}
    assert not code or error["code"] == code, error
    assert isinstance(error["retryable"], bool)
    assert isinstance(error.get("details", {}), dict)
    assert is_one_sentence(error["message"]), error["message"]
    assert is_one_sentence(error.get("hint")) and placeholders(error["hint"]) == [], error
    assert not refused(error["hint"]), (error["hint"], refused(error["hint"]))
    return error


def is_one_sentence(text: Any) -> bool:
    """One line without a full stop at its end or another sentence after it; the `!!` before a firmware's words ends none."""
    return isinstance(text, str) and bool(text.strip()) and text.isprintable() and not re.search(r"\.$|[^\s!]!*[.!] [A-Z]", text)


def placeholders(hint: str) -> List[str]:
    """What a command line of ours in a hint leaves to be filled in: FILE, <file>. A masked key (KEY) cannot be given."""
    found: List[str] = []
    for line in re.findall(r"octoprint-cli [^#]*", hint):
        unquoted = re.sub(r"'[^']*'|\"[^\"]*\"|--api-key[= ]KEY", "", line)
        words = re.findall(r"(?<![\w./-])(?:[A-Z][A-Z_]+|<\w+>)(?![\w./-])", unquoted)
        found += [word for word in words if word not in CODES]
    return found


def check_error_text(stderr: str, code: str) -> None:
    """To a person: the error with its code on a line of its own, in plain text, and no traceback."""
    lines = stderr.splitlines()
    assert [line for line in lines if line.startswith("Error: ") and line.endswith(f" ({code})")], stderr
    assert "Traceback" not in stderr and stderr.replace("\n", "").isprintable()
