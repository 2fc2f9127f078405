"""Templates: sentences and screens of the text format, filled from the answer of a command.

A template is plain data, so that declaring one imports nothing:

- a text is a line: `Paused {file|the job}[, which {user} started].`
- a tuple holds alternatives, of which the first that can be filled is shown;
- a list holds lines, of which all that can be filled are shown;
- a dict holds labelled lines, `{"State": "{state}"}`, with their labels aligned.

In a text, `{job.file}` is a field with its unit, `{file|the job}` has words to use instead of a missing value, and
`{completion:bar}` names a way to show it (`output/phrases.py`). A value that is null, empty or absent makes its clause in
`[...]` drop out, or without one the whole line. `{changed=false}`, `{met=done,idle}`, `{verified!=none}`, `{selected?}` and
`{!selected}` show nothing and are conditions: a clause or a line whose condition is false drops out.
`{for checks}` repeats the line for each item, whose members are fields then, with `key` and `value`. `<green>...</>` is a colour,
and `{octoprint-cli watch}` a command line for the server of this run.

Must not know commands, cliff or the terminal.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Callable, Iterable, Iterator, List, Mapping, Match, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.output.phrases import Surroundings, unwrapped, words_for

_TOKEN = re.compile(r"\{(?P<field>[^{}]+)\}|(?P<open>\[)|(?P<close>\])|<(?P<style>/|[a-z]+)>|(?P<text>[^{}\[\]<]+|.)", re.DOTALL)
_LOOP = re.compile(r"\{for (?P<path>[\w.]+)\}")
_CONDITION = re.compile(r"(?P<negated>!?)(?P<path>[\w.]+)(?:(?P<truth>\?)|(?P<sign>!?=)(?P<words>.*))?")
_VALUE = re.compile(r"(?P<path>[\w.]+)(?::(?P<way>[\w ]+))?(?:\|(?P<otherwise>.*))?")
#: The program's name, with which a field begins that is a command line.
_PROGRAM = "octoprint-cli "


class Piece(NamedTuple):
    """A run of text in one style: red, green, yellow, cyan, bold, dim, or none."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """A line of text; where it has to be broken, it goes on below its column `hang`."""

    pieces: Tuple[Piece, ...]
    hang: int = 0

    @property
    def text(self) -> str:
        """The text without styles."""
        return "".join(piece.text for piece in self.pieces)


class Scope(NamedTuple):
    """The values that fields are looked up in, the nearest first, and what is known of the run and its terminal."""

    layers: Tuple[Mapping[str, Any], ...]
    surroundings: Surroundings

    def find(self, path: str) -> Any:
        """Return the value at a dotted path, or None."""
        first, *rest = path.split(".")
        value = next((layer[first] for layer in self.layers if first in layer), None)
        for name in rest:
            value = unwrapped(value)
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def within(self, layer: Mapping[str, Any]) -> Scope:
        """Return a scope in which these values come first."""
        return self._replace(layers=(layer, *self.layers))

    def each(self, path: str) -> Iterator[Scope]:
        """Yield a scope for each item of the list or object at the path."""
        value = unwrapped(self.find(path)) or ()
        pairs: Iterable[Tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, item in pairs:
            inside = unwrapped(item)
            members = inside if isinstance(inside, Mapping) else {}
            yield self.within({"key": str(key), "value": item, **members})


class Missing(Exception):
    """A field has no value, or a condition is false."""


def fill(template: Any, scope: Scope) -> List[Line]:
    """Return the lines of a template that can be filled."""
    if isinstance(template, str):
        return _filled_text(template, scope)
    if isinstance(template, tuple):
        return next(filter(None, (fill(one, scope) for one in template)), [])
    if isinstance(template, Mapping):
        return labelled(_entries(template, scope))
    return [line for one in template for line in fill(one, scope)]


def labelled(entries: Sequence[Tuple[str, Line]], indent: int = 0) -> List[Line]:
    """Return lines with their labels before them, aligned."""
    width = indent + max((len(label) for label, _ in entries), default=0) + 2
    heads = [" " * indent + (f"{label}:" if label else "") for label, _ in entries]
    return [Line((Piece(head.ljust(width)), *line.pieces), width) for head, (_, line) in zip(heads, entries)]


def paths(template: Any, loop: Optional[str] = None) -> Iterator[Tuple[str, Optional[str]]]:
    """Yield each path that a template names, with the path of the loop that it stands in, or None."""
    if isinstance(template, str):
        yield from _paths_of(template, loop)
    elif isinstance(template, Mapping):
        for label, value in template.items():
            found = _LOOP.match(label)
            yield from (*paths(label, loop), *paths(value, found["path"] if found else loop))
    else:
        for part in template:
            yield from paths(part, loop)


def _paths_of(text: str, loop: Optional[str]) -> Iterator[Tuple[str, Optional[str]]]:
    found = _LOOP.match(text)
    if found:
        yield found["path"], loop
        loop = found["path"]
    for token in _TOKEN.finditer(text, found.end() if found else 0):
        if token["field"] and not token["field"].startswith(_PROGRAM):
            yield _CONDITION.match(token["field"])["path"], loop  # type: ignore[index]


def _entries(template: Mapping[str, Any], scope: Scope) -> List[Tuple[str, Line]]:
    """Return the labelled lines of a dict that can be filled; a loop in the label repeats it."""
    found: List[Tuple[str, Line]] = []
    for label, value in template.items():
        loop = _LOOP.match(label)
        for inner in scope.each(loop["path"]) if loop else (scope,):
            heads = _filled_text(label[loop.end() :], inner) if loop else [Line((Piece(label),))]
            lines = fill(value, inner) if heads else []
            found += [(heads[0].text if number == 0 else "", line) for number, line in enumerate(lines)]
    return found


def _filled_text(text: str, scope: Scope) -> List[Line]:
    loop = _LOOP.match(text)
    if loop:
        lines = [line for inner in scope.each(loop["path"]) for line in _filled_text(text[loop.end() :], inner)]
        return [line._replace(hang=line.hang or 2) for line in lines]
    try:
        pieces = tuple(_filled(_parsed(text), scope))
    except Missing:
        return []
    shown = "".join(piece.text for piece in pieces)
    return [Line(pieces, len(shown) - len(shown.lstrip()) + 2 if shown.startswith(" ") else 0)] if shown else []


#: A part of a text returns its pieces in the style that holds there, or raises Missing.
_Part = Callable[[Scope, str], List[Piece]]


@functools.lru_cache(maxsize=None)
def _parsed(text: str) -> Tuple[Any, ...]:
    """Return the parts of a text: parts, styles as texts, and optional clauses as tuples of parts."""
    open_parts: List[List[Any]] = [[]]
    for token in _TOKEN.finditer(text):
        if token["open"]:
            open_parts.append([])
        elif token["close"]:
            clause = tuple(open_parts.pop())
            open_parts[-1].append(clause)
        elif token["style"]:
            open_parts[-1].append("" if token["style"] == "/" else token["style"])
        else:
            open_parts[-1].append(_field(token["field"]) if token["field"] else _literal(token["text"]))
    return tuple(open_parts[0])


def _filled(parts: Sequence[Any], scope: Scope, style: str = "") -> List[Piece]:
    """Return the pieces of the parts. Raises Missing, except for what an optional clause lacks."""
    pieces: List[Piece] = []
    for part in parts:
        if isinstance(part, str):
            style = part
        elif isinstance(part, tuple):
            try:
                pieces += _filled(part, scope, style)
            except Missing:
                continue
        else:
            pieces += part(scope, style)
    return pieces


def _literal(text: str) -> _Part:
    return lambda scope, style: [Piece(text, style)]


def _field(text: str) -> _Part:
    """Return the part for what stands in braces."""
    if text.startswith(_PROGRAM):
        return lambda scope, style: [Piece(scope.surroundings.command(text[len(_PROGRAM) :]), style or "bold")]
    condition = _CONDITION.fullmatch(text)
    if condition and (condition["negated"] or condition["truth"] or condition["sign"]):
        return functools.partial(_require, condition)
    value = _VALUE.fullmatch(text)
    if value is None:
        raise ValueError(f"{{{text}}} is no field of a template")
    return functools.partial(_shown, value)


def _require(condition: Match[str], scope: Scope, style: str) -> List[Piece]:
    """Return nothing. Raises Missing unless the condition is true."""
    value = unwrapped(scope.find(condition["path"] or ""))
    if condition["sign"]:
        holds = any(_is(value, word) for word in (condition["words"] or "").split(",")) is (condition["sign"] == "=")
    else:
        holds = bool(value) is not bool(condition["negated"])
    if not holds:
        raise Missing
    return []


def _is(value: Any, word: str) -> bool:
    """Whether a value is what a template's word stands for; `progress*` stands for what begins with `progress`."""
    if value is None or isinstance(value, bool):
        return word == {None: "null", True: "true", False: "false"}[value]
    if value in ([], {}):
        return word == "[]"
    return str(value).startswith(word[:-1]) if word.endswith("*") else str(value) == word


def _shown(field: Match[str], scope: Scope, style: str) -> List[Piece]:
    words = words_for(scope.find(field["path"] or ""), field["way"] or "", scope.surroundings)
    if words is None:
        words = field["otherwise"]
    if words is None:
        raise Missing
    return [Piece(words, style)]
