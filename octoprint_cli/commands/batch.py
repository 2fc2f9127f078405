"""batch: many commands in one run."""

from __future__ import annotations

import json
import shlex
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Generator, List, Mapping

from octoprint_cli.api import EFFECTS, Stream, errors, failure, fields

_REMARK = "#"


class Batch(Stream):
    """run commands from stdin, one a line, over one connection

    A line is words as in a shell, or a JSON array of them. Each is answered by a line: the envelope, with the line's
    number, its words and its own exit code. Ends at the first failure, with its exit code, unless --keep-going.
    """

    answer = fields.record(lines=fields.whole("that were run"), failed=fields.whole("of them"))
    effects = EFFECTS
    runs_commands = True
    repeatable = False
    codes = ("INVALID_VALUE",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--keep-going", action="store_true", help="run the lines after one that has failed, too")
        return parser

    def take_action(self, parsed_args: Namespace) -> Generator[Dict[str, Any], None, Dict[str, Any]]:
        if self.app.stdin is None or self.app.stdin.isatty():
            raise errors.UsageError(
                "batch reads commands from stdin, and nothing is piped in", hint="echo status | octoprint-cli batch"
            )
        lines = failed = 0
        first: Dict[str, Any] = {}
        for number, line in enumerate(self.app.stdin, 1):
            if not line.strip() or line.lstrip().startswith(_REMARK):
                continue
            item = self._answered(number, line)
            yield item
            lines, failed = lines + 1, failed + (item["exit_code"] != 0)
            first = first or (item if item["exit_code"] else {})
            if first and not parsed_args.keep_going:
                break
        if first:
            raise _failure(first, {"lines": lines, "failed": failed})
        return {"lines": lines, "failed": failed}

    def _answered(self, number: int, line: str) -> Dict[str, Any]:
        words: List[str] = []
        try:
            words = _words(line)
            if words[:1] == ["batch"] or getattr(self.app.command_manager.find_command(words)[0], "streams", False):
                raise errors.UsageError(
                    f"{words[0]} tells things as they happen, and has no place in a batch", hint="octoprint-cli commands"
                )
            code, envelope = self.app.answer(words)
        except errors.CliError as error:
            code, envelope = int(error.exit_code), failure(error)
        return {"line": number, "command": words, "exit_code": code, **envelope}

    def told(self, item: Mapping[str, Any]) -> str:
        end = item["status"] if item["exit_code"] == 0 else f"{item['error']['message']} ({item['error']['code']})"
        return f"{item['line']}: {shlex.join(item['command'])}: {end}"


def _words(line: str) -> List[str]:
    """The words of a line. Raises UsageError."""
    try:
        words = json.loads(line) if line.lstrip().startswith("[") else shlex.split(line)
    except ValueError as error:
        raise errors.UsageError(
            f"the line is neither words nor a JSON array of them: {error}", hint="octoprint-cli help batch"
        ) from error
    if not all(isinstance(word, str) for word in words):
        raise errors.UsageError("a JSON array of a line holds texts alone", hint="octoprint-cli help batch")
    return words


def _failure(first: Dict[str, Any], data: Dict[str, Any]) -> errors.CliError:
    """The error of the first line that failed, under its own code."""
    told = first["error"]
    kind = errors.CODES.get(told["code"], errors.InternalError)
    same = {"hint": told.get("hint"), "details": told.get("details"), "retryable": told.get("retryable")}
    return kind(f"line {first['line']}: {told['message']}", data=data, **same)
