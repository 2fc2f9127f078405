"""The private names of cliff, for behaviour that cliff has no public way to call or override. No other file uses them."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Optional, Sequence, Tuple

from cliff._argparse import ArgumentParser as CliffParser, SmartHelpFormatter

__all__ = ["CliffHooks", "CliffParser", "SmartHelpFormatter", "own_epilog"]


class CliffHooks:
    """Mixin, placed before a cliff command class, that gives cliff's hooks and formatters public names to call or override."""

    def run_before_hooks(self, parsed_args: Namespace) -> Namespace:
        """Call cliff's hooks that may change the arguments."""
        return self._run_before_hooks(parsed_args)

    def run_after_hooks(self, parsed_args: Namespace, result: Tuple[Any, Any]) -> Tuple[Any, Any]:
        """Call cliff's hooks that may change the columns and the values."""
        changed: Tuple[Any, Any] = self._run_after_hooks(parsed_args, result)  # type: ignore[attr-defined]
        return changed

    def formatter_named(self, name: str) -> Any:
        """Return the formatter of that name."""
        return self._formatter_plugins[name].obj  # type: ignore[attr-defined]

    def require_usable(self) -> None:
        """Raise if the command cannot run at all. Called before any hook."""

    def load_formatters(self) -> Any:
        """Return the formatters that cliff asks for their options. Override it."""
        raise NotImplementedError

    def unknown_column(self, names: Sequence[str], known: Sequence[str]) -> Exception:
        """Return the error for a column that does not exist. Override it."""
        raise NotImplementedError

    def _run_before_hooks(self, parsed_args: Namespace) -> Namespace:
        self.require_usable()
        return super()._run_before_hooks(parsed_args)  # type: ignore[misc, no-any-return]

    def _load_formatter_plugins(self) -> Any:
        return self.load_formatters()

    def _generate_columns_and_selector(self, parsed_args: Namespace, column_names: Sequence[str]) -> Any:
        try:
            return super()._generate_columns_and_selector(parsed_args, column_names)  # type: ignore[misc]
        except ValueError as error:  # an error of the user, not of the command
            raise self.unknown_column(parsed_args.columns, column_names) from error


def own_epilog(command: object) -> Optional[str]:
    """Return the epilog that a command declares. cliff's `get_epilog` reads the metadata of every installed distribution."""
    epilog: Optional[str] = getattr(command, "_epilog", None)
    return epilog
