"""json: the envelope as one JSON document, in ASCII, so that nothing in it can reach a terminal raw."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Dict, TextIO

from octoprint_cli.output.formats.envelope import EnvelopeFormatter


class JsonFormatter(EnvelopeFormatter):
    """The envelope in JSON."""

    def add_argument_group(self, parser: Any) -> None:
        group = parser.add_argument_group("json formatter")
        group.add_argument("--noindent", action="store_true", help="the whole document on one line")

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        indent = None if getattr(parsed_args, "noindent", False) else 2
        stdout.write(json.dumps(envelope, indent=indent, default=str) + "\n")

    def emit_line(self, document: Dict[str, Any], stdout: TextIO) -> None:
        """Write one document of a stream: a line."""
        stdout.write(json.dumps(document, default=str) + "\n")
