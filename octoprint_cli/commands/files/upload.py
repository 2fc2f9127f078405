"""upload: store a G-code file on the server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict

from octoprint_cli.api import (
    REPLACED,
    REPLACED_CLAUSE,
    UPLOAD_CODES,
    VERIFIED,
    VERIFIED_CLAUSES,
    Guarded,
    ShowOne,
    add_file,
    add_upload_options,
    errors,
    fields,
    replaced,
    upload_options,
)

_SELECTED = "[ It is selected for printing.{selected?}]"


class Upload(Guarded, ShowOne):
    """upload a G-code file

    Success means that the server holds the file under the path in the answer; "verified" says how that is known: sha1,
    download, size or none. If the same bytes are there already, that is a success with "unchanged": true.
    """

    destructive = None
    would = (
        "{requests=[]}{if_exists=skip}Would upload nothing: the server has a file of that name already.",
        "{requests=[]}Would upload nothing: the server has {file} already, byte for byte.",
        "Would upload {file}[ and select it{select?}].",
    )
    result = fields.record(
        action=fields.one_of("uploaded", "unchanged", "skipped"),
        name=fields.text("as it was typed"),
        path=fields.text("on the server"),
        location=fields.one_of("local", "sdcard"),
        size=fields.size("of the file").or_null,
        hash=fields.text("SHA-1, as the server says").or_null,
        sha1=fields.text("of what was sent").or_null,
        verified=fields.one_of(*VERIFIED, meaning="how the server's bytes are known to be the same"),
        unchanged=fields.switch("true: they were there already"),
        replaced=REPLACED.optional,
        selected=fields.switch("after a failure null if it is not known").or_null,
    )
    template = (
        "{action=skipped}{path} is on the server already, with different contents. It was left alone, and nothing was sent.",
        f"{{unchanged?}}<green>{{path}} was on the server already</>[ ({{size}}{VERIFIED_CLAUSES})].{_SELECTED}",
        f"<green>Uploaded</> {{path}}[ to the SD card{{location=sdcard}}][ ({{size}}{VERIFIED_CLAUSES})]."
        f"{REPLACED_CLAUSE}{_SELECTED}",
    )
    examples = (
        ("octoprint-cli upload cube.gcode", "upload a file and verify it"),
        ("octoprint-cli upload cube.gcode --path parts --name box.gcode", "into a folder, under another name"),
        ("octoprint-cli upload cube.gcode --if-exists fail", "do not replace another file of that name"),
    )
    effects = ("writes",)
    error_codes = UPLOAD_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser)
        add_upload_options(parser, ("replace", "skip", "rename", "fail"))
        parser.add_argument("--select", action="store_true", help="select it for printing, too")
        return parser

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        location = parsed_args.location
        with self.terminal.progress(f"uploading {parsed_args.file}") as progress:
            sent = self.client.store(Path(parsed_args.file), upload_options(parsed_args), progress)
        result = {
            "action": sent.action,
            "name": sent.stored.name,
            "path": sent.stored.path,
            "location": location,
            "size": sent.size,
            "hash": sent.stored.hash,
            "sha1": sent.sha1,
            "verified": sent.verified,
            "unchanged": sent.action == "unchanged",
            "selected": False,
            **replaced(sent),
        }
        if parsed_args.select:
            try:
                self.client.select(sent.stored.path, location)
            except errors.CliError as error:
                if parsed_args.dry_run:
                    raise
                unknown = isinstance(error, (errors.OutcomeUnknown, errors.NotStarted))
                data = {**result, "selected": None if unknown else False}
                raise error.after(f"{sent.stored.path} is on the server", data=data) from error
        return {**result, "selected": parsed_args.select}
