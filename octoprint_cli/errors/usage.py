"""Errors in the command line or the configuration. Nothing was sent to the server."""

from __future__ import annotations

from octoprint_cli.errors.base import CliError


class UsageError(CliError):
    """The command line is wrong."""

    code = "USAGE_ERROR"
    remedy = "octoprint-cli help"
    advice = "Read `octoprint-cli help COMMAND`, or `octoprint-cli commands COMMAND --json`. Nothing was changed."


class ConfigError(CliError):
    """The configuration lacks something or cannot be understood."""

    code = "CONFIG_ERROR"
    remedy = "octoprint-cli config show"
    advice = "Fix the file, variable or option that the message names. Nothing was sent."


class ConfigExists(CliError):
    """The configuration already holds a value that would be overwritten."""

    code = "CONFIG_EXISTS"
    remedy = "octoprint-cli config show"
    advice = "Look at what is there; `init --force` replaces it."


class ConfirmationRequired(CliError):
    """The command can do harm and requires `--confirm`."""

    code = "CONFIRMATION_REQUIRED"
    remedy = "octoprint-cli help"
    advice = (
        "Make sure that what the message describes may happen, then run the hint, which is the same line with --confirm. "
        "With --dry-run, needs_confirm shows what would need it. During a job or a pause, gcode requires it for "
        "every command that this program does not know, and for those that would spoil the print."
    )


class LimitExceeded(CliError):
    """The temperature is beyond the configured limits."""

    code = "LIMIT_EXCEEDED"
    remedy = "octoprint-cli config show"
    advice = "Use a lower temperature. Only the owner of the printer should change the limits, in the configuration."


class InvalidValue(CliError):
    """The value is invalid: not a number, negative, or with control characters."""

    code = "INVALID_VALUE"
    remedy = "octoprint-cli help"
    advice = "Fix the value that the message names. Nothing was sent."
