"""What can go wrong with a sandbox, each with its error code. All of them end with exit code 4."""

from __future__ import annotations

from octoprint_cli.api import CliError


class SandboxError(CliError):
    """The sandbox's folder cannot be used: not writable, not a sandbox, in use by another run."""

    code = "SANDBOX_ERROR"
    remedy = "octoprint-cli sandbox list"
    advice = "Mend what the message names, or take another sandbox with --name."


class SandboxConflict(SandboxError):
    """What is asked for does not go with what is there: version, port, or the printer's name."""

    code = "SANDBOX_CONFLICT"
    advice = "Look at what is there with `sandbox list`, and take another --name or --port. What is there was left alone."


class NeedsPython(SandboxError):
    """No Python was found that the wanted release runs on."""

    code = "SANDBOX_NEEDS_PYTHON"
    remedy = "octoprint-cli sandbox start --python PATH"
    advice = "Name a Python that fits with --python, or take a release that runs on one that is here with --octoprint."


class InstallFailed(SandboxError):
    """The virtual environment could not be made, or pip failed in it."""

    code = "SANDBOX_INSTALL_FAILED"
    remedy = "octoprint-cli sandbox start"
    advice = "Read the end of what pip said, in `details`: the network, the index, the disk. Then start again, which begins anew."


class StartFailed(SandboxError):
    """The server ended, did not answer in time, or is not the one that was started."""

    code = "SANDBOX_START_FAILED"
    remedy = "octoprint-cli sandbox start"
    advice = "Read the end of the server's log, in `details`. Nothing is left running; `sandbox remove` and a new start help most."


class StopFailed(SandboxError):
    """The server's process is still there after SIGKILL."""

    code = "SANDBOX_STOP_FAILED"
    remedy = "octoprint-cli sandbox status"
    advice = "Have a person look at the process that `details` names: the system does not end it. Its files are left as they were."
