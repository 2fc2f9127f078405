"""Errors of this program and its plugins, and those of a run that a signal ends."""

from __future__ import annotations

from octoprint_cli.errors.base import CliError, Exit


class OutputError(CliError):
    """The command ran, but its answer could not be written: a full disk, or a format or column of a plugin that crashed."""

    code = "OUTPUT_ERROR"
    advice = (
        "Read `acted` in `details`: true means that the command was carried out, null that this is not known. Do not run it again "
        "then: its answer is in `data`, or on stderr as JSON. Look with `status`."
    )


class PluginError(CliError):
    """A plugin is broken: it cannot be loaded, clashes with another, or crashed."""

    code = "PLUGIN_ERROR"
    remedy = "octoprint-cli plugins list"
    advice = "Update or uninstall the distribution that the message names; all other commands work."

    @classmethod
    def crashed(cls, error: BaseException, name: str, owner: str) -> PluginError:
        """Return the error for a bug in a command of the distribution `owner`."""
        hint = f"octoprint-cli plugins list  # report it to the authors of {owner}, with the output of --debug"
        return cls(f"{name} of {owner} crashed: {type(error).__name__}: {error}", hint=hint, details={"distribution": owner})


class PluginRules(CliError):
    """A plugin breaks the plugin guidelines."""

    code = "PLUGIN_RULES"
    remedy = "octoprint-cli plugins check"
    advice = "If the plugin is yours, fix the problems that `data` lists; until then it can be used as far as it works."


class InternalError(CliError):
    """The program has a bug."""

    code = "INTERNAL_ERROR"
    remedy = "octoprint-cli version  # please report it, with the output of the same command and --debug"
    advice = (
        "Look with `status` before you repeat a command that changes something. Please report the bug, with the output of --debug."
    )

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """Return the error for an unexpected exception."""
        return cls(f"{type(error).__name__}: {error}: a bug in octoprint-cli")


class Interrupted(CliError):
    """Ctrl-C (SIGINT) ended the command."""

    code = "INTERRUPTED"
    exit_code = Exit.INTERRUPTED
    advice = "The message says what the server has now. What was started there goes on."


class Stopped(CliError):
    """SIGTERM ended the command, or the terminal went away (SIGHUP)."""

    code = "TERMINATED"
    exit_code = Exit.TERMINATED
    advice = "The message says what the server has now. What was started there goes on."
