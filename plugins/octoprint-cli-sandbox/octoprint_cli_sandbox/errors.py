"""What can go wrong with a sandbox, each with its error code. All of them end with exit code 4."""

from __future__ import annotations

from octoprint_cli.api import CliError


class SandboxError(CliError):
    """The sandbox's folder cannot be used: not writable, not a sandbox, in use by another run."""

    code = "SANDBOX_ERROR"


class SandboxConflict(SandboxError):
    """What is asked for does not go with what is there: version, port, or the printer's name."""

    code = "SANDBOX_CONFLICT"


class NeedsPython(SandboxError):
    """No Python was found that the wanted release runs on."""

    code = "SANDBOX_NEEDS_PYTHON"


class InstallFailed(SandboxError):
    """The virtual environment could not be made, or pip failed in it."""

    code = "SANDBOX_INSTALL_FAILED"


class StartFailed(SandboxError):
    """The server ended, did not answer in time, or is not the one that was started."""

    code = "SANDBOX_START_FAILED"


class StopFailed(SandboxError):
    """The server's process is still there after SIGKILL."""

    code = "SANDBOX_STOP_FAILED"
