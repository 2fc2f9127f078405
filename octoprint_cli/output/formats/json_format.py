"""The json format: the envelope as one JSON document in ASCII, so that no control character reaches a terminal unescaped."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Dict, TextIO

from octoprint_cli.output.formats.envelope import EnvelopeFormatter


class JsonFormatter(EnvelopeFormatter):
    """Formatter that writes the envelope as JSON."""

    def add_argument_group(self, parser: Any) -> None:
        group = parser.add_argument_group("json formatter")
        group.add_argument("--noindent", action="store_true", help="the whole document on one line")

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        indent = None if getattr(parsed_args, "noindent", False) else 2
        stdout.write(json.dumps(envelope, indent=indent, default=str) + "\n")

    def emit_line(self, document: Dict[str, Any], stdout: TextIO) -> None:
        """Write one document of a stream as a line of JSON."""
        stdout.write(json.dumps(document, default=str) + "\n")
