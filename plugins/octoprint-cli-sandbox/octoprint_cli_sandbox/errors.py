"""The sandbox's errors, each with its code, hint and advice. All of them end with exit code 4."""

from __future__ import annotations

from octoprint_cli.api import CliError


class SandboxError(CliError):
    """The sandbox's folder cannot be used: not writable, not a sandbox, or in use by another run."""

    code = "SANDBOX_ERROR"
    remedy = "octoprint-cli sandbox list"
    advice = "Fix what the message names, or use another sandbox with --name."


class SandboxConflict(SandboxError):
    """The requested version, port or name conflicts with what is already there."""

    code = "SANDBOX_CONFLICT"
    advice = "See what exists with `sandbox list`, then choose another --name or --port. Nothing that exists was changed."


class NeedsPython(SandboxError):
    """No installed Python can run the requested release."""

    code = "SANDBOX_NEEDS_PYTHON"
    remedy = "octoprint-cli sandbox list"
    advice = "Name a suitable Python with --python, or choose a release for a Python you have with --octoprint."


class InstallFailed(SandboxError):
    """The virtual environment could not be created, or pip failed in it."""

    code = "SANDBOX_INSTALL_FAILED"
    remedy = "octoprint-cli sandbox start"
    advice = (
        "Read the end of pip's output in `details` and check the network, the package index and the free disk space. "
        "Then run `sandbox start` again: it installs from scratch."
    )


class StartFailed(SandboxError):
    """The server exited, did not answer in time, or is not the one that was started."""

    code = "SANDBOX_START_FAILED"
    remedy = "octoprint-cli sandbox start"
    advice = "Read the end of the server's log in `details`. Nothing is left running; `sandbox remove` and a new start often help."


class StopFailed(SandboxError):
    """The server's process is still running after SIGKILL."""

    code = "SANDBOX_STOP_FAILED"
    remedy = "octoprint-cli sandbox status"
    advice = "Ask an administrator to look at the process named in `details`: the system does not end it. Its files were kept."
