"""Lazy exports of a façade: each public name is imported when it is first asked for, from one table."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple


class LazyExports(NamedTuple):
    """What a façade assigns to its `__all__`, `__getattr__` and `__dir__`."""

    names: List[str]
    getattr: Callable[[str], Any]
    dir: Callable[[], List[str]]


def lazy_exports(
    namespace: Dict[str, Any], below: str, table: Mapping[str, str], aliases: Optional[Mapping[str, str]] = None
) -> LazyExports:
    """Export the names of a table: names by module, separated by spaces, `public=inner` for one that is called otherwise there.

    `namespace` is the façade's `globals()`, which keeps a name once it is imported; `below` is the package of the
    modules, and "" that package itself; `aliases` has old names with the names of today.
    """
    exports = {name: (module, inner or name) for module, names in table.items() for name, inner in _names(names)}
    renamed = aliases or {}

    def exported(name: str) -> Any:
        name = renamed.get(name, name)
        if name not in exports:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        if name not in namespace:
            module, inner = exports[name]
            namespace[name] = _imported(f"{below}.{module}".rstrip("."), inner)
        return namespace[name]

    names = sorted([*exports, *renamed])
    return LazyExports(names, exported, lambda: sorted({*namespace, *names}))


def _names(written: str) -> List[Tuple[str, str]]:
    return [(name, inner) for name, _, inner in (word.partition("=") for word in written.split())]


def _imported(module: str, name: str) -> Any:
    """Return what `from module import name` would: an attribute, or a module of its own."""
    found = import_module(module)
    return getattr(found, name) if hasattr(found, name) else import_module(f"{module}.{name}")
