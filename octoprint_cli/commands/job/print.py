"""print: start a job."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from octoprint_cli.api import (
    CHECK_CODES,
    OVERRIDDEN,
    PRINTED,
    REPLACED,
    REPLACED_CLAUSE,
    UPLOAD_CODES,
    VERDICT,
    VERIFIED,
    VERIFIED_CLAUSES,
    WAIT_CODES,
    WAITED,
    Guarded,
    ShowOne,
    add_bell,
    add_file_or_stored,
    add_upload_options,
    add_wait,
    errors,
    fields,
    lines,
    replaced,
    seconds,
    upload_options,
    waited,
    watched_job,
)

if TYPE_CHECKING:
    from octoprint_cli.api import History, StoredFile


class Print(Guarded, ShowOne):
    """upload a G-code file and print it, or print a stored one

    The file and the printer are checked first (see `octoprint-cli help preflight`), then the file is uploaded, verified and
    started. Success means that the server's job shows this very file printing, or with --wait that it has been printed to its
    end. A file that the server holds already, byte for byte, is not sent again. Ctrl-C ends the wait, not the print.
    """

    destructive = "heats and moves the printer"
    would = ("Would print {file}.", "Would print {stored}, which is on the server.")
    preflight = True
    skippable = True
    result = fields.merged(
        fields.record(
            action=fields.one_of("started"),
            started=fields.switch("after a failure null if it is not known").or_null,
            location=fields.one_of("local", "sdcard"),
            file=fields.text("path on the server"),
            size=fields.size("of the file").or_null,
            sha1=fields.text("of the file").or_null,
            verified=fields.one_of(*VERIFIED, meaning="how the server's bytes are known to be the same").or_null,
            unchanged=fields.switch("true: they were there already").or_null,
            replaced=REPLACED.optional,
            state=fields.text("the server's own word"),
            preflight=VERDICT.or_null.optional,
        ),
        fields.optional(WAITED),
    )
    template = (
        f"{{met?}}{PRINTED}",
        "{met?}{last_job:sentence}.[ {temperature:hot}.]",
        lines(
            f"<green>Started</> {{file}}[ ({{size}}[, already on the server{{unchanged?}}]{VERIFIED_CLAUSES})].{REPLACED_CLAUSE}",
            *OVERRIDDEN,
            "Watch it: {octoprint-cli watch}",
        ),
    )
    examples = (
        ("octoprint-cli print cube.gcode --confirm", "check, upload and print a file"),
        ("octoprint-cli print cube.gcode --confirm --wait", "the same, and wait until the print is done"),
        ("octoprint-cli print --stored cube.gcode --dry-run", "show what printing a file on the server would do"),
    )
    effects = ("writes", "heats", "moves", "starts")
    repeatable = False
    error_codes = (*WAIT_CODES, *UPLOAD_CODES, *CHECK_CODES, "NOT_STARTED")
    #: The job that was started, with the history of its file from before.
    _begun: Optional[Tuple[Any, History]] = None

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file_or_stored(parser, required=True)
        add_upload_options(parser, ("replace", "rename", "fail"))
        parser.add_argument(
            "--wait-stored",
            metavar="SECONDS",
            type=seconds,
            help="with --stored: maximum wait for a file that a plugin of the server, such as Arc Welder, makes from an upload "
            "(default: no wait)",
        )
        add_wait(parser, "the print is done; anything else is an error")
        parser.add_argument(
            "--watch", action="store_true", help="wait as --wait does; at a terminal show the live view of watch, which q leaves"
        )
        add_bell(parser)
        return parser

    def prepare(self, parsed_args: Namespace) -> None:
        """Wait for a file that a plugin of the server makes."""
        if parsed_args.wait_stored is None:
            return
        if parsed_args.stored is None:
            raise errors.UsageError("--wait-stored waits for a file on the server: it requires --stored")
        self.client.files.wait_for(parsed_args.stored, parsed_args.location, parsed_args.wait_stored)

    def check(self, parsed_args: Namespace) -> Optional[StoredFile]:
        """Refuse during a job, without a pre-flight, too: the upload would replace a file for nothing. Returns the stored file."""
        self.client.job.current().require_idle()
        if parsed_args.stored is None:
            return None
        if (parsed_args.path, parsed_args.name, parsed_args.if_exists, parsed_args.verify) != ("", None, "replace", "auto"):
            raise errors.UsageError("--path, --name, --if-exists and --verify are for an upload, and --stored needs none")
        return self.client.files.require(parsed_args.stored, parsed_args.location)

    def perform(self, parsed_args: Namespace, plan: Optional[StoredFile]) -> Dict[str, Any]:
        file, history = self._upload(parsed_args) if plan is None else _described(plan)
        try:
            self.require_unchanged(parsed_args)
            job = self.client.start(file["file"], parsed_args.location, history)
        except errors.CliError as error:
            if parsed_args.dry_run:
                raise
            data = {"started": self._started_after(error), "location": parsed_args.location, **file}
            if parsed_args.file is None:
                error.data = data if error.data is None else error.data
                raise
            raise error.after(f"{file['file']} is on the server", data={"action": "uploaded", **data}) from error
        self._begun = (job, history)
        return {"action": "started", "started": True, "location": parsed_args.location, **file, "state": job.state}

    def _started_after(self, error: errors.CliError) -> Optional[bool]:
        """Return True if the job began and was ended at once, False if nothing was started, None if that is not known."""
        if "outcome" in (error.details or {}):
            return True
        unknown = isinstance(error, (errors.OutcomeUnknown, errors.NotStarted, errors.UnexpectedResponse))
        return None if unknown and self.client.start_requested else False

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any], *plan: Any) -> Dict[str, Any]:
        if parsed_args.watch and self._begun is not None:
            seconds, file, bell, required = (getattr(parsed_args, name) for name in ("wait_timeout", "file", "bell", "wait"))
            return watched_job(self, self._begun, outcome, seconds=seconds, file=file, bell=bell, required=required)
        if not parsed_args.wait:
            return outcome
        return waited(self, ["done"], None, parsed_args.wait_timeout, self._begun, outcome)

    def _upload(self, parsed_args: Namespace) -> Tuple[Dict[str, Any], History]:
        try:
            with self.terminal.progress(f"uploading {parsed_args.file}") as progress:
                sent = self.client.store(Path(parsed_args.file), upload_options(parsed_args), progress)
        except errors.FileInUse as error:  # another client has started it since the pre-flight
            raise errors.PrinterBusy(error.message, details=error.details) from error
        described = {
            "file": sent.stored.path,
            "size": sent.size,
            "sha1": sent.sha1,
            "verified": sent.verified,
            "unchanged": sent.action == "unchanged",
            **replaced(sent),
        }
        return described, sent.stored.history


def _described(stored: StoredFile) -> Tuple[Dict[str, Any], History]:
    """Return a stored file as the result shows it, and its history."""
    described = {"file": stored.path, "size": stored.size, "sha1": stored.hash, "verified": None, "unchanged": None}
    return described, stored.history
