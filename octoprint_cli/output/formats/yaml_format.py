"""yaml: the envelope as one YAML document, in ASCII for the reason that json is."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Dict, TextIO

import yaml

from octoprint_cli.output.formats.envelope import EnvelopeFormatter


class YamlFormatter(EnvelopeFormatter):
    """The envelope in YAML."""

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_line(envelope, stdout)

    def emit_line(self, document: Dict[str, Any], stdout: TextIO) -> None:
        """Write one document, of a stream or the only one."""
        simple = json.loads(json.dumps(document, default=str))  # an add-on's own types become text here, too
        yaml.safe_dump(simple, stdout, sort_keys=False, default_flow_style=False, explicit_start=True)
