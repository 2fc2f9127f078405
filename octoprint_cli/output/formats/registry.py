"""Which formats there are, and the one that is wanted, in the shape in which cliff expects them."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional

from octoprint_cli.plugins.entry_points import Extensions

SHOW_GROUP = "octoprint_cli.formatter.show"
LIST_GROUP = "octoprint_cli.formatter.list"


class Loaded:
    """A format and its formatter."""

    def __init__(self, name: str, formatter: Any) -> None:
        self.name = name
        self.obj = formatter


class Formatters:
    """The formats of a group. Stands in for the manager in which cliff would import them all."""

    def __init__(self, group: str, chosen: str) -> None:
        self._extensions = Extensions(group)
        self._chosen = chosen
        self._loaded: Dict[str, Loaded] = {}

    def names(self) -> List[str]:
        """Every format of the group."""
        return self._extensions.names()

    def __iter__(self) -> Iterator[Loaded]:
        """The chosen one alone: cliff lets each that it gets here add options of its own."""
        yield self[self._chosen]

    def __getitem__(self, name: str) -> Loaded:
        if name not in self._loaded:
            self._loaded[name] = Loaded(name, self._extensions.load(name)())
        return self._loaded[name]


def load(name: str) -> Optional[Any]:
    """A formatter by name from either group, or None: for what must be said before a command is there."""
    for group in (SHOW_GROUP, LIST_GROUP):
        extensions = Extensions(group)
        if name in extensions:
            return extensions.load(name)()
    return None
