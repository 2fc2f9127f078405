"""print, cancel, pause, resume: the verbs on the job."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict

from octoprint_cli.api import (
    CHECK_CODES,
    UPLOAD_CODES,
    VERDICT,
    VERIFIED,
    WAIT_CODES,
    WAITED,
    Guarded,
    ShowOne,
    add_file_or_stored,
    add_wait,
    add_wish,
    errors,
    fields,
    waited,
    wish,
)

#: What pause and resume answer.
_CHANGED = fields.record(
    action=fields.one_of("paused", "resumed"),
    changed=fields.switch("false: it was so before"),
    file=fields.text("path on the server").or_null,
    state=fields.text("the server's own word"),
)


class Print(Guarded, ShowOne):
    """upload a G-code file and print it, or print a stored one

    Success means that the server's job shows that very file printing, and with --wait that it has printed it
    to its end. What the server holds already with the same bytes is not sent again. Ctrl-C ends the wait, not the print.
    """

    destructive = "heats and moves the printer"
    preflight = True
    skippable = True
    answer = fields.merged(
        fields.record(
            action=fields.one_of("started"),
            started=fields.switch(),
            location=fields.one_of("local", "sdcard"),
            file=fields.text("path on the server"),
            size=fields.size("of the file").or_null,
            sha1=fields.text("of the file").or_null,
            verified=fields.one_of(*VERIFIED, meaning="how the server's bytes are known to be the same").or_null,
            unchanged=fields.switch("true: they were there already").or_null,
            state=fields.text("the server's own word"),
            preflight=VERDICT.or_null.sometimes,
        ),
        fields.optional(WAITED),
    )
    effects = ("writes", "heats", "moves", "starts")
    repeatable = False
    codes = (*WAIT_CODES, *UPLOAD_CODES, *CHECK_CODES, "NOT_STARTED")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file_or_stored(parser, required=True)
        add_wish(parser, ("replace", "rename", "fail"))
        add_wait(parser, "the job has ended; anything but its good end is an error")
        return parser

    def check(self, parsed_args: Namespace) -> None:
        """Busy is a refusal with `--no-preflight`, too: the upload would replace a file for nothing."""
        self.client.job.current().require_idle()
        if parsed_args.stored is not None:
            if (parsed_args.path, parsed_args.if_exists, parsed_args.verify) != ("", "replace", "auto"):
                raise errors.UsageError("--path, --if-exists and --verify are for an upload, and --stored needs none")
            parsed_args.found = self.client.files.require(parsed_args.stored, parsed_args.location)

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        file = self._stored(parsed_args) if parsed_args.file is None else self._sent(parsed_args)
        try:
            self.require_unchanged(parsed_args)
            job = self.client.start(file["file"], parsed_args.location)
        except errors.CliError as error:
            if parsed_args.dry_run or parsed_args.file is None:
                raise
            raise error.after(f"{file['file']} is on the server", data={"action": "uploaded", "started": False, **file}) from error
        parsed_args.job = job
        return {"action": "started", "started": True, "location": parsed_args.location, **file, "state": job.state}

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any]) -> Dict[str, Any]:
        if not parsed_args.wait:
            return outcome
        begun = (parsed_args.job, parsed_args.history)
        return waited(self, ["done"], None, parsed_args.wait_timeout, begun, outcome)

    def _stored(self, parsed_args: Namespace) -> Dict[str, Any]:
        found = parsed_args.found
        parsed_args.history = found.history
        return {"file": found.path, "size": found.size, "sha1": found.hash, "verified": None, "unchanged": None}

    def _sent(self, parsed_args: Namespace) -> Dict[str, Any]:
        try:
            with self.terminal.progress(f"uploading {parsed_args.file}") as progress:
                sent = self.client.store(Path(parsed_args.file), wish(parsed_args), progress)
        except errors.FileInUse as error:  # somebody else has started it since the pre-flight
            raise errors.PrinterBusy(error.message, details=error.details) from error
        parsed_args.history = sent.stored.history
        return {
            "file": sent.stored.path,
            "size": sent.size,
            "sha1": sent.sha1,
            "verified": sent.verified,
            "unchanged": sent.action == "unchanged",
        }


class Cancel(Guarded, ShowOne):
    """cancel the job

    Success means that the printer has stopped. Never waits for a check.
    """

    destructive = "ends the print for good"
    answer = fields.record(
        action=fields.one_of("cancelled"),
        file=fields.text("path on the server").or_null,
        state=fields.text("the server's own word"),
    )
    effects = ("stops",)
    codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STILL_CANCELLING")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self.client.job.current().require_active()
        after = self.client.job.cancel()
        return {"action": "cancelled", "file": before.file, "state": after.state}


class Pause(Guarded, ShowOne):
    """pause the job

    Paused already is a success, with "changed": false.
    """

    destructive = None
    answer = _CHANGED
    effects = ("stops",)
    codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STATE_NOT_REACHED")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self.client.job.current().require_active()
        if before.phase.value == "paused":
            return {"action": "paused", "changed": False, "file": before.file, "state": before.state}
        after = self.client.job.pause()
        return {"action": "paused", "changed": True, "file": before.file, "state": after.state}


class Resume(Guarded, ShowOne):
    """resume the paused job

    Printing already is a success, with "changed": false.
    """

    destructive = None
    answer = _CHANGED
    effects = ("heats", "moves", "starts")
    codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STATE_NOT_REACHED")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self.client.job.current().require_active()
        if before.phase.value in ("printing", "starting", "finishing"):
            return {"action": "resumed", "changed": False, "file": before.file, "state": before.state}
        after = self.client.job.resume()
        return {"action": "resumed", "changed": True, "file": before.file, "state": after.state}
