"""Change values of a YAML text and keep the rest: comments, quotes, order, anchors.

The configuration is read by PyYAML (YAML 1.1) and rewritten by ruamel.yaml (YAML 1.2), which would read some values differently
(`yes`, `010`). So ruamel.yaml reads every scalar as text, and PyYAML reads the rewritten text again to compare the values.
Imported only when the configuration is written.
"""

from __future__ import annotations

import copy
import io
import re
from typing import Any, Dict, Iterator, Optional, Tuple

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

Path = Tuple[str, ...]

_ABSENT = object()
#: Maximum rounds of corrections: a value that an alias shares may need a second one.
_ROUNDS = 3
_INDENT = re.compile(r"^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)[^\s#-]", re.MULTILINE)


class CannotRewrite(ValueError):
    """The YAML text cannot be parsed, or cannot be changed without side effects.

    `path` is the key at fault (empty if unknown), `line` its line, counted from 1 (None if unknown).
    """

    def __init__(self, problem: str, path: Path = (), line: Optional[int] = None) -> None:
        super().__init__(problem)
        self.path = path
        self.line = line


class _TextResolver(VersionedResolver):
    """Resolves every scalar except the merge key to text, so that each is written as it was read."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return super().resolve(kind, "text" if kind is ScalarNode and value != "<<" else value, implicit)


def rewritten(text: str, after: Dict[str, Any]) -> str:
    """Return the YAML text with its values replaced by those of `after`, and no other change. Raises CannotRewrite."""
    if not yaml.safe_load(text):  # empty, or comments only
        comments = "".join(line for line in text.splitlines(keepends=True) if line.lstrip().startswith("#") or not line.strip())
        return comments + _dumped(after)
    try:
        return _edited(text.lstrip("\ufeff"), after)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is written in a form that this program cannot change"
        raise CannotRewrite(problem, line=mark.line + 1 if mark else None) from None


def _edited(text: str, after: Dict[str, Any]) -> str:
    editor = _editor(text)
    document = editor.load(text)
    for _ in range(_ROUNDS):
        wrong = list(_differences(yaml.safe_load(text), after))
        if not wrong:
            return text
        for path, value in wrong:
            _put(document, path, value)
        out = io.StringIO()
        editor.dump(document, out)
        text = out.getvalue()
    left = next(_differences(yaml.safe_load(text), after), None)
    if left is not None:
        raise CannotRewrite("cannot be rewritten without changing its value", left[0])
    return text


def _editor(text: str) -> YAML:
    editor = YAML(typ="rt")
    editor.Resolver = _TextResolver
    editor.preserve_quotes = True
    editor.width = 100_000  # no line is folded
    editor.explicit_start = re.search(r"^---", text, re.MULTILINE) is not None
    indent = _INDENT.search(text)
    dashes = re.search(r"^[^\s#-][^\n]*:[ \t]*\n( +)- ", text, re.MULTILINE)
    offset = len(dashes.group(1)) if dashes else 0
    editor.indent(mapping=len(indent.group(1)) if indent else 2, sequence=offset + 2, offset=offset)
    return editor


def _differences(now: Any, wanted: Any, path: Path = ()) -> Iterator[Tuple[Path, Any]]:
    """Yield the path and the wanted value of each difference; `_ABSENT` for a key to be removed."""
    if isinstance(now, dict) and isinstance(wanted, dict) and all(isinstance(key, str) for key in (*now, *wanted)):
        for key in now:
            if key not in wanted:
                yield (*path, key), _ABSENT
        for key, value in wanted.items():
            yield from _differences(now.get(key, _ABSENT), value, (*path, key))
    elif not _same(now, wanted):
        yield path, wanted


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)  # NaN is not equal to itself, and True is to 1


def _put(document: Any, path: Path, value: Any) -> None:
    """Set or delete the value at a path, after copying mappings on it that an alias shares with another place."""
    for key in path[:-1]:
        child = document[key]
        if getattr(child, "anchor", None) is not None and child.anchor.value is not None:
            child = copy.deepcopy(child)
            child.yaml_set_anchor(None)
            document[key] = child
        document = child
    if value is _ABSENT:
        document.pop(path[-1], None)
    else:
        document[path[-1]] = _editor("").load(_dumped({"value": value}))["value"]


def _dumped(data: Dict[str, Any]) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100_000)
