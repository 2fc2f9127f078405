"""Parse one G-code command as a user types it or a terminal log shows it: its codes, its heater targets, and what it may do.

Firmwares are lenient, so this is too: lower case, spaces inside `G 28`, leading zeros, line numbers and checksums, several codes
on a line (RepRapFirmware), host commands (`@pause`), Klipper's words. What each code means stands in `code_table`; the many
commands of a file are read by `analysis.tokenizer`, which is faster and reads bytes.
"""

from __future__ import annotations

import re
from typing import List, Match, NamedTuple, Optional, Tuple

from octoprint_cli.errors import InvalidValue
from octoprint_cli.gcode.code_row import NAMED, is_word
from octoprint_cli.gcode.code_table import code_name, is_known, lookup
from octoprint_cli.gcode.command_risks import FACTORS, disturbance_of, harm_of, moves
from octoprint_cli.gcode.targets import (
    code_targets,
    has_hidden_parameters,
    require_clear_motion,
    unreadable,
    without_comment,
    word_targets,
)

_LINE_NUMBER = re.compile(r"^\s*N\s*[-+]?\d+\s*", re.IGNORECASE)
_REMARK = re.compile(r"\([^)]*\)|;.*")
_CODE = re.compile(r"(?<![A-Za-z0-9_.])([GMT])\s*(\d+)(?:\.\d+)?", re.IGNORECASE)
_WORD = re.compile(r"\s*(@?[A-Za-z_][A-Za-z0-9_]*)")
# Without quotes `gcode G28 X` is two commands, of which the first homes every axis.
_PARAMETER = re.compile(r"[A-FH-LN-SU-Z]\s*[-+]?\d*\.?\d*", re.IGNORECASE)
_BEGINS = re.compile(r"[A-Za-z_@!/$?]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# Spaces can belong to one place only: a pattern that could take them here or there would try all ways.
_QUESTION = re.compile(r"(?:M[ \t]*[0-9]+)((?:[ \t]*[A-Z](?:[ \t]*[0-9]+)?)*)", re.IGNORECASE | re.ASCII)
_LETTER = re.compile(r"[A-Z]")


class GcodeCommand(NamedTuple):
    """One command as it was typed, and the codes that stand in it."""

    text: str
    codes: Tuple[str, ...]  # G28, M104, T1; or a Klipper word or host command; the first one leads

    @property
    def harm(self) -> Optional[str]:
        """The harm that it can do and that wants consent, such as `M81, which switches the power off`; or None."""
        found = ((name, harm_of(name, written)) for name, written in self._parts())
        return next((f"{name}, which {harm}" for name, harm in found if harm), None)

    @property
    def disturbs(self) -> Optional[str]:
        """What it does to a job that is under way and wants consent then, such as `FOO, which is not known: ...`; or None."""
        found = ((name, disturbance_of(name, written)) for name, written in self._parts())
        return next((f"{name}, which {what}" for name, what in found if what), None)

    @property
    def moves(self) -> bool:
        """Whether it moves something or upsets the position of a running job."""
        return any(map(moves, self.codes))

    @property
    def affects_job(self) -> bool:
        """Whether a job that is under way is affected: it heats, tunes, or is not known."""
        return bool(self.targets or (self.disturbs and not self.moves) or FACTORS.keys() & set(self.codes))

    @property
    def stops(self) -> bool:
        """Whether it is the emergency stop, which nothing may delay and no firmware answers."""
        return any(lookup(code).emergency_stop for code in self.codes)

    @property
    def restarts(self) -> bool:
        """Whether the firmware restarts if it carries the command out, so that no acknowledgement comes."""
        return any(lookup(code).restarts for code in self.codes)

    @property
    def targets(self) -> List[Tuple[str, float]]:
        """Each kind of heater (`tool`, `bed`, `chamber`) that it sets, with the degrees it asks for.

        Raises InvalidValue for a command that heats or moves and can be read in more than one way.
        """
        found: List[Tuple[str, float]] = []
        for name, written in self._parts():
            row = lookup(name)
            if row.text:
                break
            if not is_word(name):
                found += code_targets(row, written, self.text) if row.heats else []
                require_clear_motion(name, written, self.text)
            elif row.heats == NAMED or row.waits_for_heat or not is_known(name):
                found += word_targets(row, is_known(name), written, self.text)
        if (found or self.moves) and has_hidden_parameters(unframed(self.text)):
            raise unreadable(self.text, "it has a remark or characters that not every firmware reads as such")
        return found

    def _parts(self) -> List[Tuple[str, str]]:
        """Return each code, or the word that leads, with what stands behind it, without the comment at the end of the line."""
        line = without_comment(unframed(self.text))
        found = [match for match in _CODE.finditer(line) if code_name(*match.groups()) in self.codes]
        found = [match for match in found if match.group(1) not in "Tt" or match is found[0]]  # behind a code it is a parameter
        ends = [match.start() for match in found[1:]] + [len(line)]
        parts = [(code_name(*match.groups()), _behind(match, line, end)) for match, end in zip(found, ends)]
        if self.codes[0][0] not in "GMT" or is_word(self.codes[0]):
            word = _WORD.match(line)
            parts.insert(0, (self.codes[0], line[word.end() :] if word else line))
        return parts


def _behind(match: Match[str], line: str, end: int) -> str:
    """Return what stands behind a code, with a fraction of its number: `.5 S400` of M104.5, which is another code to some."""
    number = match.group(2)
    return line[match.start(2) + len(number) : end]


def parse_command(text: str) -> GcodeCommand:
    """Parse one command. Raises InvalidValue for one that is empty, or is more than one line.

    A newline inside would go out as two lines with one acknowledgement awaited, and lose the printer.
    """
    if _CONTROL.search(text):
        raise InvalidValue(
            f"{text!r} is more than one line, or has control characters",
            hint="octoprint-cli gcode G28 'G1 X10'  # one command an argument",
        )
    bare = _bare(text)
    if not bare:
        raise InvalidValue(f"{text!r} is not a G-code command: it is empty", hint="octoprint-cli help gcode")
    if not _BEGINS.match(bare):
        raise InvalidValue(f"{text!r} does not begin like a G-code command", hint="octoprint-cli help gcode")
    if _PARAMETER.fullmatch(bare):
        raise InvalidValue(
            f"{text!r} is a parameter without its command",
            hint="octoprint-cli gcode 'G28 X'  # a command and its parameters in one argument",
        )
    return GcodeCommand(text.strip(), _codes(bare))


def unframed(command: str) -> str:
    """Return `M105 T1` of `N12 M105 T1*33`: the command without the line number and checksum that the server puts around it."""
    number = _LINE_NUMBER.match(command)
    if number is None:
        return command.strip()
    text, star, checksum = command[number.end() :].rpartition("*")
    return (text if star and checksum.strip().isdigit() else command[number.end() :]).strip()


def code_of(command: str) -> str:
    """Return `M105` of `n12 m0105 t1*33`; of what is no G-code, its first word in capitals; empty when there is none."""
    return _first_code(unframed(command))


def only_asks(command: str) -> bool:
    """Whether the command changes nothing, so that it may be sent while printing. What is not known does not only ask."""
    if len(command.splitlines()) > 1:
        return False
    question = _QUESTION.fullmatch(unframed(command.partition(";")[0]))
    parameters = lookup(code_of(command)).asks
    if question is None or parameters is None:
        return False
    return set(_LETTER.findall(question.group(1).upper())) <= set(parameters)


def _bare(text: str) -> str:
    """Return the command without its line number and remarks."""
    return _LINE_NUMBER.sub("", _REMARK.sub(" ", text)).strip()


def _first_code(bare: str) -> str:
    """Return the code at the beginning; or else the word there; or else whatever stands before the first space."""
    code, word = _CODE.match(bare), _WORD.match(bare)
    if code:
        return code_name(*code.groups())
    return word.group(1).upper() if word else next(iter(bare.split()), "")


def _codes(bare: str) -> Tuple[str, ...]:
    """Return every code of a command that has something in it, the one that leads first."""
    lead = _first_code(bare)
    if not _CODE.match(bare):  # a word, with codes behind it perhaps: a block that is skipped at times, a macro
        behind = [code_name(*found) for found in _CODE.findall(bare)]
        return (lead, *behind) if _WORD.match(bare) or not behind else tuple(behind)
    if lookup(lead).text:
        return (lead,)
    return tuple(code_name(*found) for found in _CODE.findall(bare) if not _is_parameter(found[0], lead))


def _is_parameter(letter: str, lead: str) -> bool:
    """Whether a T is the tool of the code before it (M104 T1), and no tool change."""
    return letter.upper() == "T" and not lead.startswith("T")
