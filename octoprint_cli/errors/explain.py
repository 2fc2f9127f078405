"""What to do about each error: for `explain`, and for whoever has read nothing else."""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.errors.base import CODES
from octoprint_cli.errors.codes import UsageError

ADVICE: Dict[str, str] = {
    "AUTH_ERROR": (
        "Get a key from a person: OctoPrint, User Settings, Application Keys. Do not try other keys: the "
        "server locks out after some."
    ),
    "CONFIG_ERROR": "Mend the file, variable or option that the message names. Nothing was sent.",
    "CONFIG_EXISTS": "Look at what is there; `init --force` replaces it.",
    "CONFIRMATION_REQUIRED": (
        "Make sure that what the message says may happen, then run the hint, which is the same line with --confirm."
    ),
    "CONNECTION_ERROR": (
        "Check the address and the network; is the server on? Try again with growing pauses. A print that runs goes on without you."
    ),
    "FILE_CHANGED": "Wait until whatever writes the file is done, then run the same command again.",
    "FILE_DAMAGED": "Slice the model again. If the line is harmless, `--ignore file_damage` overrides it, which is recorded.",
    "FILE_EXISTS": "Choose with `--if-exists rename`, `replace` or `skip`.",
    "FILE_INCOMPLETE": "The file was cut off, by a full disk or a broken transfer: slice or copy it again.",
    "FILE_INVALID": "Look at what the message names; `inspect FILE` tells what the file contains.",
    "FILE_IN_USE": "Upload under another name (`--if-exists rename`), or wait: `octoprint-cli wait --for idle`.",
    "FILE_NOT_FOUND": "Check the path; files on the server are listed by `octoprint-cli files`.",
    "FILE_TOO_LARGE": "Raise the limit of the server or of the proxy in front of it, or print from the SD card.",
    "FILE_UNREADABLE": "Check the path and its permissions.",
    "INTERNAL_ERROR": "Do not repeat what changes something before looking with `status`. Report it with the output of --debug.",
    "INTERRUPTED": "The message says what the server has now. What was begun there goes on.",
    "INVALID_VALUE": "Mend the value that the message names. Nothing was sent.",
    "JOB_CANCELLED": "Somebody decided so: ask before printing it again. Look whether heaters are still hot.",
    "JOB_FAILED": (
        "Read the reason, and have a person look at the printer before anything heats again. Look whether heaters are still hot."
    ),
    "JOB_LOST": "Look at the printer and at `status`. Do not print again before the bed is known to be clear.",
    "JOB_PAUSED": "Read `prompt` in the answer: a filament change or another question may wait for a person. `resume` goes on.",
    "LIMIT_EXCEEDED": "Use a lower temperature. The limits are set in the configuration; a person changes them.",
    "NOT_FOUND": "The message names what there is instead.",
    "NOT_STARTED": "Nothing prints. Look at `status`, then start again once.",
    "NO_ACTIVE_JOB": "There is nothing to do; `status` tells how the last job ended.",
    "NO_REPLY": "The command may still be carried out: look with `status` before sending it again.",
    "NO_SPACE": "Delete files on the server that are no longer wanted.",
    "OUTCOME_UNKNOWN": "Look at `status` and `files` before anything else, and repeat the command only if it was not carried out.",
    "OUTPUT_ERROR": "The command was carried out; only its answer could not be written. Look with `status`.",
    "OUTSIDE_VOLUME": "Slice for this printer, or mend the printer profile on the server; the details have both values.",
    "PERMISSION_DENIED": "Use the key of a user who has the permission that the message names.",
    "PLUGIN_ERROR": "Update or uninstall the distribution that the message names; all other commands work.",
    "PLUGIN_RULES": "Mend what the problems in `data` name, if the add-on is yours; it can be used meanwhile as far as it works.",
    "PREFLIGHT_FAILED": "Read the report in `data`: it names each check that failed and why.",
    "PRINTER_BUSY": "Wait: `octoprint-cli wait --for idle`. `--skip-if-printing` makes it a success that does nothing.",
    "PRINTER_ERROR": "Have a person look at the printer; then `octoprint-cli connect`.",
    "PRINTER_OFFLINE": "`octoprint-cli connect`; is the printer on? If a job was lost, `last_job` in the answer names it.",
    "PUSH_UNAVAILABLE": "Let the proxy pass websockets at /sockjs on, or do without --reply.",
    "SERVER_ERROR": "Try again in a minute; if it stays so, look at the server's octoprint.log.",
    "SERVER_STARTING": "Try again in a few seconds.",
    "SERVER_WARNING": "Read the warning; with `--strict` it forbids the print until `--ignore` overrides it.",
    "STATE_NOT_REACHED": "The message says how the printer is instead. Wait, look with `status`, then decide.",
    "STILL_CANCELLING": (
        "It will stop: wait with `octoprint-cli wait --for idle`. Only in an emergency: `octoprint-cli gcode M112`."
    ),
    "TERMINATED": "The message says what the server has now. What was begun there goes on.",
    "TIMEOUT": "Try again, with a larger `--timeout` on a slow server.",
    "TLS_ERROR": "The details name the reason: set `ca_bundle`, renew the certificate, or use http:// where no TLS is spoken.",
    "UNEXPECTED_RESPONSE": "Check the host: a login page, a proxy or another program stands there.",
    "UPLOAD_CORRUPT": "Upload again; if it comes back, test the server's disk.",
    "USAGE_ERROR": "Read `octoprint-cli help COMMAND`, or `octoprint-cli commands COMMAND --json`. Nothing was sent.",
    "WAIT_TIMEOUT": "What the printer does goes on: wait again, or look with `status`.",
    "WRONG_PRINTER": "Slice for this printer; the details have what the file wants and what the printer has.",
}


def explained(code: str) -> Dict[str, Any]:
    """What an error code means, whether to try again, what to do, what to run. An add-on's codes have their class's `advice`.

    Raises UsageError for one that there is not.
    """
    kind = CODES.get(code)
    if kind is None:
        import difflib  # only for a slip of the pen

        near = difflib.get_close_matches(code, CODES, 3)
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"there is no error code {code}{meant}", hint=f"octoprint-cli explain {(near or ['PRINTER_BUSY'])[0]}")
    return {
        "code": code,
        "exit_code": int(kind.exit_code),
        "meaning": " ".join((kind.__doc__ or "").split()),
        "retryable": kind.retryable,
        "advice": ADVICE.get(code) or kind.advice or kind.remedy,
        "next": kind.remedy,
    }
