"""The yaml format: the envelope as one YAML document in ASCII, so that no control character reaches a terminal unescaped."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Dict, TextIO

import yaml

from octoprint_cli.output.formats.envelope import EnvelopeFormatter


class YamlFormatter(EnvelopeFormatter):
    """Formatter that writes the envelope as YAML."""

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_line(envelope, stdout)

    def emit_line(self, document: Dict[str, Any], stdout: TextIO) -> None:
        """Write one YAML document."""
        plain = json.dumps(document, default=str, ensure_ascii=False)  # turns types of plugins into text, as the json format does
        yaml.safe_dump(json.loads(_paired(plain)), stdout, sort_keys=False, default_flow_style=False, explicit_start=True)


def _paired(text: str) -> str:
    """Replace halves of surrogate pairs, which YAML knows no escape for: libyaml refuses the whole document."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
