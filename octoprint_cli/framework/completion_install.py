"""Installation of a completion script for a user: the script in a file, and the line of the shell's start-up file that reads it.

File-system errors (OSError) are left to the caller.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Mapping, NamedTuple, Optional

_REMARK = "  # octoprint-cli completion"


class Installed(NamedTuple):
    """Where a script is, which start-up file reads it (None: the shell finds it by itself), and whether anything was changed."""

    script: Path
    startup_file: Optional[Path]
    changed: bool


def install_completion(shell: str, script: str, folder: Path, environ: Mapping[str, str]) -> Installed:
    """Write the script and make the shell read it at its start. `folder` is for the scripts of bash and zsh."""
    home = Path(environ.get("HOME") or Path.home())
    if shell == "fish":
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        path = config / "fish" / "completions" / "octoprint-cli.fish"
        return Installed(path, None, _written(path, script))
    path = folder / f"completion.{shell}"
    startup_file = _bash_file(home) if shell == "bash" else Path(environ.get("ZDOTDIR") or home) / ".zshrc"
    quoted = shlex.quote(str(path))
    changed = [_written(path, script), _appended(startup_file, f"[ -f {quoted} ] && . {quoted}{_REMARK}")]
    return Installed(path, startup_file, any(changed))


def _bash_file(home: Path) -> Path:
    """Return the file that bash reads at a terminal; on macOS, that is often the profile."""
    profile = home / ".bash_profile"
    return profile if profile.exists() and not (home / ".bashrc").exists() else home / ".bashrc"


def _written(path: Path, text: str) -> bool:
    """Write a file unless it holds this text, and return whether it was written."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def _appended(path: Path, line: str) -> bool:
    """Append a line unless the file has it, and return whether it was appended. The rest of the file stays as it is."""
    before = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    if line in before.splitlines():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(f"{'' if before.endswith(chr(10)) or not before else chr(10)}{line}\n")
    return True
