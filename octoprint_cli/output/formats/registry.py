"""The installed formats, with the interface that cliff expects of its formatter manager, and what they are given to show."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional

from octoprint_cli.plugins.entry_points import EntryPointGroup

SHOW_GROUP = "octoprint_cli.formatter.show"
LIST_GROUP = "octoprint_cli.formatter.list"


#: The format of whoever names none.
DEFAULT_FORMAT = "text"


class Presentation(NamedTuple):
    """How a command's answer is to be read by a person: its templates, and what of the run they may show."""

    #: The template of the answer; for a list, of what stands below its columns. See `output/template.py`.
    template: Any = None
    #: The columns of a list: headings, each with the template of its cells. None: those of the answer. Empty: none.
    headings: Optional[Mapping[str, Any]] = None
    #: The arguments that a template may name: of a dry run those of the command line.
    arguments: Namespace = Namespace()
    verbose: bool = False
    #: Returns the command line of this program that means the same server as this run.
    command: Optional[Callable[[str], str]] = None
    #: A PNG file to draw on a terminal.
    picture: Optional[bytes] = None
    environ: Optional[Mapping[str, str]] = None


class Loaded:
    """A format's name and its formatter, with the attributes that cliff reads."""

    def __init__(self, name: str, formatter: Any) -> None:
        self.name = name
        self.obj = formatter


class Formatters:
    """The formats of an entry-point group. Replaces cliff's manager, which would import all of them."""

    def __init__(self, group: str, chosen: str) -> None:
        self._extensions = EntryPointGroup(group)
        self._chosen = chosen
        self._loaded: Dict[str, Loaded] = {}

    def names(self) -> List[str]:
        """Return the names of all formats of the group."""
        return self._extensions.names()

    def __iter__(self) -> Iterator[Loaded]:
        """Yield the chosen format only, since cliff adds the options of every format that it gets here."""
        yield self[self._chosen]

    def __getitem__(self, name: str) -> Loaded:
        if name not in self._loaded:
            self._loaded[name] = Loaded(name, self._extensions.load(name)())
        return self._loaded[name]


def load(name: str) -> Optional[Any]:
    """Return the formatter of a format from either group, or None. For errors that occur before a command is known."""
    for group in (SHOW_GROUP, LIST_GROUP):
        extensions = EntryPointGroup(group)
        if name in extensions:
            return extensions.load(name)()
    return None
