"""Write the generated parts of docs/reference from the program: `make reference`.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`; everything around it is written by hand.
tests/contract/test_reference_pages.py fails if a page is out of date.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List

from octoprint_cli.app.program import Program
from octoprint_cli.errors import CODES, Exit
from octoprint_cli.errors.explain import explained
from octoprint_cli.framework.argparse_internals import groups_of
from octoprint_cli.framework.catalogue import ACT_CODES, COMMON_CODES, SERVER_CODES, described
from octoprint_cli.framework.parser import global_parser
from octoprint_cli.framework.watch_report import EVENTS
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup, is_own

PAGES = Path(__file__).parent / "reference"
#: The topics in the order of the page, each with its title; a topic is a folder of octoprint_cli/commands.
TOPICS = {
    "job": "Jobs",
    "files": "Files",
    "printer": "The printer",
    "server": "The server",
    "setup": "Setup",
    "program": "This program",
}
_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def updated(text: str) -> str:
    """Return a page with its generated parts as the program has them now."""
    return _PART.sub(lambda found: f"{found[1]}\n{GENERATORS[found[2]]().strip()}\n\n{found[3]}", text)


def catalogue() -> Iterator[Dict[str, Any]]:
    """Yield the built-in commands as `octoprint-cli commands` describes them, each with its topic."""
    program = Program()
    manager = program.command_manager
    for name in sorted(name for name in manager.names() if manager.owner(name) is None):
        command, _ = manager.described(name, program)
        entry = described(command, name, None)
        metavars = {action.dest: action.metavar for _, group in groups_of(command.get_parser(name)) for action in group}
        for argument in entry["arguments"]:
            argument["metavar"] = metavars[argument["name"]]
        yield {**entry, "topic": type(command).__module__.split(".")[2]}  # a topic is a folder of octoprint_cli/commands


def commands() -> str:
    """Return a section for each topic, with each of its commands."""
    found = list(catalogue())
    sections = []
    for topic, title in TOPICS.items():
        mine = [command for command in found if command["topic"] == topic]
        if mine:
            sections += [f"## {title}", *("\n\n".join(_command(command)) for command in mine)]
    return "\n\n".join(sections)


def _command(command: Dict[str, Any]) -> Iterator[str]:
    yield f"### {command['name']}"
    yield f"```text\n{_usage(command)}\n```"
    summary, _, rest = command["description"].partition("\n")
    yield f"{summary[:1].upper()}{summary[1:].rstrip('.')}."
    if rest.strip():
        yield rest.strip()
    arguments = [argument for argument in command["arguments"] if argument["name"] != "dry_run"]
    if arguments:
        rows = ([f"`{written(argument)}`", _sentence(argument["help"])] for argument in arguments)
        yield _table(["argument", "meaning"], rows)
    shown = (f"# {example['meaning']}\n{example['line']}" for example in command["examples"])
    yield "\n".join(["```sh", *shown, "```"])
    yield "\n".join(_facts(command))


def _facts(command: Dict[str, Any]) -> Iterator[str]:
    effects = command["effects"]
    yield f"- Effects: {', '.join(effects) if effects is not None else 'anything'}."
    if command["confirm"]:
        yield f"- Requires `--confirm`: it {command['confirm']}."
    if command["dry_run"]:
        yield "- `--dry-run` shows what it would send, and sends only reads."
    yield f"- {'Safe' if command['repeatable'] else 'Not safe'} to run again without looking."
    own = [code for code in command["error_codes"] if code not in {*COMMON_CODES, *SERVER_CODES, *ACT_CODES}]
    if own:
        yield f"- Error codes of its own: {_codes(own)}."


def _usage(command: Dict[str, Any]) -> str:
    words = [written(argument) if argument["required"] else f"[{written(argument)}]" for argument in command["arguments"]]
    lines = [f"octoprint-cli {command['name']}"]
    for word in words:
        if len(lines[-1]) + len(word) > 100:
            lines.append("       ")
        lines[-1] += f" {word}"
    return "\n".join(lines)


def written(argument: Dict[str, Any]) -> str:
    """Return an argument as it is written: `FILE`, `--location local|sdcard`, `--for FOR ...`."""
    choices = "|".join(map(str, argument["choices"])) if argument["choices"] else ""
    value = "" if argument["type"] == "boolean" else choices or argument["metavar"] or argument["name"].upper()
    words = [*argument["options"][-1:], *([value] if value else [])]
    return " ".join(words) + (" ..." if argument["many"] else "")


def common_codes() -> str:
    """Return the error codes that a command has without declaring them."""
    owners = {
        "every command": COMMON_CODES,
        "every command that asks a server": SERVER_CODES,
        "every command that changes something": ACT_CODES,
    }
    return "\n".join(f"- {whose[0].upper()}{whose[1:]}: {_codes(sorted(codes))}." for whose, codes in owners.items())


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def errors() -> str:
    """Return a table of the error codes for each exit code."""
    own = sorted(code for code, kind in CODES.items() if kind.__module__.startswith("octoprint_cli.errors."))
    rows = [explained(code) for code in own]
    sections = []
    for number in sorted({row["exit_code"] for row in rows}):
        cells = (
            [f"`{row['code']}`", row["meaning"], "yes" if row["retryable"] else "no", row["advice"]]
            for row in rows
            if row["exit_code"] == number
        )
        sections += [f"### Exit code {number}", _table(["code", "meaning", "retryable", "what to do"], cells)]
    return "\n\n".join(sections)


def exit_code_meanings() -> Dict[Exit, str]:
    """Return what each exit code means."""
    return {
        Exit.OK: "success",
        Exit.OFFLINE: "the printer is offline, or the server cannot be reached",
        Exit.FILE: "something is wrong with a file",
        Exit.BUSY: "the printer or a file is in use",
        Exit.OTHER: "anything else: permissions, the server, the command line, what did not come about",
        Exit.INTERRUPTED: "interrupted by Ctrl-C; the error says what the server has now",
        Exit.PIPE_CLOSED: "the reader of stdout has gone; nothing is said",
        Exit.TERMINATED: "terminated (SIGTERM, SIGHUP); the error says what the server has now",
    }


def exit_codes() -> str:
    """Return the table of exit codes."""
    return _table(["exit code", "meaning"], ([str(int(code)), meaning] for code, meaning in exit_code_meanings().items()))


def checks() -> str:
    """Return the table of the built-in pre-flight checks."""
    group = EntryPointGroup(CHECKS)
    own = [name for name in sorted(group.names()) if is_own(group.entry_point(name))]
    kinds = {name: group.load(name) for name in own}
    rows = ([f"`{name}`", kind.severity.value, " ".join((kind.__doc__ or "").split())] for name, kind in kinds.items())
    return _table(["check", "severity", "passes if"], rows)


def options() -> str:
    """Return the table of the options that every command takes."""
    actions = (action for _, group in groups_of(global_parser("", "")) for action in group)
    rows = (
        [f"`{', '.join(action.option_strings)}{f' {action.metavar}' if action.metavar else ''}`", _sentence(action.help or "")]
        for action in actions
    )
    return _table(["option", "meaning"], rows)


def server_events() -> str:
    """Return the names of the server's events that `watch` reports."""
    return ", ".join(f"`{name}`" for name in EVENTS) + "."


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _table(head: List[str], rows: Iterable[List[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


GENERATORS: Dict[str, Callable[[], str]] = {
    "commands": commands,
    "common-codes": common_codes,
    "errors": errors,
    "exit-codes": exit_codes,
    "checks": checks,
    "options": options,
    "server-events": server_events,
}


def main() -> None:
    """Rewrite the pages that are out of date."""
    for page in sorted(PAGES.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = updated(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page}")


if __name__ == "__main__":
    main()
