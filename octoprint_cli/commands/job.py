"""print, cancel, pause, resume: the verbs on the job."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict

from octoprint_cli.api import Guarded, ShowOne, add_file, add_folder, add_location


class Print(Guarded, ShowOne):
    """upload a G-code file and print it

    Success means that the server's job shows that very file printing.
    """

    destructive = "heats and moves the printer"
    preflight = True
    skippable = True

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser)
        add_location(parser)
        add_folder(parser)
        return parser

    def check(self, parsed_args: Namespace) -> None:
        """Busy is a refusal with `--no-preflight`, too: the upload would replace a file for nothing."""
        self.client.job.current().require_idle()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        location = parsed_args.location
        sent = self.client.store(Path(parsed_args.file), location, parsed_args.path)
        path = sent.stored.path
        self.client.job.current().require_idle()
        job = self.client.start(path, location)
        return {
            "action": "started",
            "started": True,
            "file": path,
            "location": location,
            "size": sent.size,
            "sha1": sent.sha1,
            "state": job.state,
        }


class Cancel(Guarded, ShowOne):
    """cancel the job

    Success means that the printer has stopped. Never waits for a check.
    """

    destructive = "ends the print for good"

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self.client.job.current().require_active()
        after = self.client.job.cancel()
        return {"action": "cancelled", "file": before.file, "state": after.state}


class Pause(Guarded, ShowOne):
    """pause the job

    Paused already is a success, with "changed": false.
    """

    destructive = None

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

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self.client.job.current().require_active()
        if before.phase.value in ("printing", "starting", "finishing"):
            return {"action": "resumed", "changed": False, "file": before.file, "state": before.state}
        after = self.client.job.resume()
        return {"action": "resumed", "changed": True, "file": before.file, "state": after.state}
