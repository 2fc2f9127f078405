"""The configuration file: read with the line number of every key; written atomically, with its comments kept and mode 0600."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from octoprint_cli.config.private_files import write_private
from octoprint_cli.errors import ConfigError

#: The line (from 1) on which each key stands, by its path: `("printers", "mk3", "host")`.
Lines = Dict[Tuple[str, ...], int]


class ConfigFile:
    """A YAML configuration file. A missing file counts as empty; an invalid one raises ConfigError with the line."""

    def __init__(self, path: Path, missing: bool = False) -> None:
        self.path = path
        self.data: Dict[str, Any] = {}
        self.lines: Lines = {}
        self._text = "" if missing else self._read_text() or ""
        if self._text.strip():
            self._parse(self._text)

    def _read_text(self) -> Optional[str]:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"{self.path} cannot be read: {reason}", hint=f"ls -l {shlex.quote(str(self.path))}") from error

    def _parse(self, text: str) -> None:
        import yaml  # slow to import, and a run without a configuration file does not need it

        try:
            loader = yaml.SafeLoader(text)
            node = loader.get_single_node()
            self._walk(node, ())  # first, since the constructor resolves merge keys in the nodes themselves
            self.data = (loader.construct_document(node) if node else None) or {}
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "this is not YAML that a configuration can use"
            # `from None`, since a traceback would quote the line, and with it the API key.
            raise self._bad(problem, mark.line + 1 if mark else None) from None
        if not isinstance(self.data, dict):
            raise self._bad("it must contain keys and values", 1)

    def _walk(self, node: Any, path: Tuple[str, ...]) -> None:
        if node is None or node.id != "mapping":
            return
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in self.lines:
                raise self._bad(f"{'.'.join(here)} is given twice, first on line {self.lines[here]}", line)
            self.lines[here] = line
            self._walk(value, here)

    def bad_value(self, path: Tuple[str, ...], problem: str) -> ConfigError:
        """Return the error for an invalid value, naming the key and its line."""
        return self._bad(f"{'.'.join(path)}: {problem}", self.lines.get(path))

    def _bad(self, problem: str, line: Optional[int]) -> ConfigError:
        where = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigError(
            f"{where}: {problem}",
            hint=f"octoprint-cli config show  # once {self.path} is fixed, or moved away",
            details={"file": str(self.path), "line": line},
        )

    def readable_by_others(self) -> bool:
        """Return whether users other than the owner may read the file."""
        try:
            return os.name == "posix" and bool(self.path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
        except OSError:
            return False

    def write(self, data: Dict[str, Any]) -> None:
        """Replace the values in the file, keeping its comments, quotes and order.

        The write is atomic, and only the owner can read the file. On an error (ConfigError) the old file is untouched.
        """
        text = self._rewritten(data)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self.path, text)
        except OSError as error:
            raise ConfigError(
                f"{self.path} cannot be written: {error.strerror}", hint=f"ls -ld {shlex.quote(str(self.path.parent))}"
            ) from error
        self.data = data

    def _rewritten(self, data: Dict[str, Any]) -> str:
        from octoprint_cli.config.yaml_rewriter import CannotRewrite, rewritten  # slow to import, and only `init` writes

        try:
            return rewritten(self._text, data)
        except CannotRewrite as error:
            problem = f"{'.'.join(error.path)}: {error}" if error.path else str(error)
            # `from None`, since a traceback would quote the line, and with it the API key.
            raise self._bad(problem, error.line or self._line_of(error.path)) from None

    def _line_of(self, path: Tuple[str, ...]) -> Optional[int]:
        """Return the line of the key, or of its nearest parent key that the file has."""
        return next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
