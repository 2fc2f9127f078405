"""batch: many commands in one run."""

from __future__ import annotations

import json
import shlex
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Generator, List, Mapping

from octoprint_cli.api import EFFECTS, Stream, errors, failure, fields, require_piped, without_key

_REMARK = b"#"
#: Exit codes after which no further line is run, with --keep-going either.
_ENDED = (errors.Exit.INTERRUPTED, errors.Exit.TERMINATED)


class Batch(Stream):
    """run commands from stdin, one per line, over one connection

    A line is written as in a shell, or as a JSON array of words; empty lines and lines that begin with # are skipped. Each command
    is answered with one line: with --json that is the envelope, plus the number, the words and the exit code of the line. The run
    ends at the first line that fails, with its exit code, or with --keep-going at the end of stdin.
    """

    result = fields.record(lines=fields.whole("that were run"), failed=fields.whole("of them"))
    events = fields.record(
        line=fields.whole("its number"),
        command=fields.listed(fields.text(), "its words"),
        exit_code=fields.whole("of this line"),
        status=fields.one_of("success", "error"),
        data=fields.anything("the command's result"),
        error=fields.anything("why it failed").optional,
    )
    examples = (
        ("echo status | octoprint-cli batch", "run one command"),
        ("octoprint-cli batch --json < commands.txt", "run the lines of a file, and answer in JSON"),
        ("octoprint-cli batch --keep-going < commands.txt", "run all lines, whichever fails"),
    )
    effects = EFFECTS
    runs_commands = True
    repeatable = False
    error_codes = errors.OWN_CODES  # those of the first line that failed; a line of a plugin may end with its own

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--keep-going", action="store_true", help="go on after a line that has failed")
        return parser

    def take_action(self, parsed_args: Namespace) -> Generator[Dict[str, Any], None, Dict[str, Any]]:
        stdin: Any = require_piped(self.app.stdin, "batch reads commands from stdin", "echo status | octoprint-cli batch")
        count = {"lines": 0, "failed": 0}
        first: Dict[str, Any] = {}
        for number, line in enumerate(stdin.buffer, 1):
            if not line.strip() or line.lstrip().startswith(_REMARK):
                continue
            item = self._answered(number, line)
            count["lines"] += 1
            if item["exit_code"]:
                count["failed"] += 1
                first = item if item["exit_code"] in _ENDED else first or item
            yield item
            if item["exit_code"] in _ENDED or (first and not parsed_args.keep_going):
                break
        if first:
            raise _failure(first, count)
        return count

    def _answered(self, number: int, line: bytes) -> Dict[str, Any]:
        words: List[str] = []
        try:
            words = _words(line)
            code, envelope = self.app.answer(words)
        except errors.CliError as error:
            code, envelope = int(error.exit_code), failure(error)
        return {"line": number, "command": without_key(words), "exit_code": code, **envelope}

    def event_text(self, item: Mapping[str, Any]) -> str:
        end = item["status"] if item["exit_code"] == 0 else f"{item['error']['message']} ({item['error']['code']})"
        return f"{item['line']}: {shlex.join(item['command'])}: {end}"


def _words(line: bytes) -> List[str]:
    """Split a line into words. Raises UsageError."""
    try:
        text = line.decode().strip("\ufeff\r\n")
        words = json.loads(text) if text.lstrip().startswith("[") else shlex.split(text)
    except (ValueError, RecursionError) as error:
        raise errors.UsageError(
            f"the line is neither words nor a JSON array of them: {error}", hint="octoprint-cli help batch"
        ) from error
    if not words or not all(isinstance(word, str) for word in words):
        raise errors.UsageError("the JSON array must contain strings only, and name a command", hint="octoprint-cli help batch")
    return words


def _failure(first: Dict[str, Any], count: Dict[str, int]) -> errors.CliError:
    """Return the error of the first line that failed, with its code. The lines before it must not be run again."""
    told = first["error"]
    kind = errors.CODES.get(told["code"], errors.InternalError)
    retryable = bool(told.get("retryable")) and count["lines"] == 1
    same = {"hint": told.get("hint"), "details": told.get("details"), "retryable": retryable}
    return kind(f"line {first['line']}: {told['message']}", data=count, **same)
