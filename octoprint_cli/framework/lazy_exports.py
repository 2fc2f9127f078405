"""Lazy exports of a façade: each public name of a table is imported on first access."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple


class LazyExports(NamedTuple):
    """The values that a façade assigns to its `__all__`, `__getattr__` and `__dir__`."""

    names: List[str]
    getattr: Callable[[str], Any]
    dir: Callable[[], List[str]]


def lazy_exports(
    namespace: Dict[str, Any], below: str, table: Mapping[str, str], aliases: Optional[Mapping[str, str]] = None
) -> LazyExports:
    """Return lazy exports for a table of names by module, separated by spaces; `public=inner` exports `inner` as `public`.

    `namespace` is the façade's `globals()`, which caches imported names; `below` is the package of the modules, and the
    module "" stands for that package itself; `aliases` maps old public names to new ones.
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
    """Return what `from module import name` imports: an attribute or a submodule."""
    found = import_module(module)
    return getattr(found, name) if hasattr(found, name) else import_module(f"{module}.{name}")
