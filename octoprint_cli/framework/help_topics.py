"""Help pages that are about no single command: `octoprint-cli help formats`."""

from __future__ import annotations

from typing import Mapping

_FORMATS = """How answers are written: the same options for every command.

  --json              short for -f json
  -f, --format NAME   the format, by one of the names below
  -c, --column FIELD  only this field (may be repeated). A dot selects a part
                      of a field: -c job.completion

formats:
  text    what a person reads (default)
  table   boxes, with every field
  json    one document, or one line per event of watch and batch
  yaml    the same in YAML
  value   bare values, one per line: for a variable in a shell script
  csv     lists only: files, plugins list ...
  shell   single objects only: NAME='value', for the shell's eval

OCTOPRINT_CLI_FORMAT=json makes another format the default.

json and yaml have the same form for every command, whatever happens:
  {"status": "success", "data": {...}}
  {"status": "error", "data": null, "error": {"code": "...", "message": "..."}}

Which fields there are: octoprint-cli schema COMMAND
What a code means:      octoprint-cli explain CODE

examples:
  # how far the print is, in percent
  octoprint-cli status -c job.completion -f value
  # the files on the server, for a spreadsheet
  octoprint-cli files -f csv -c path -c size
  # everything that is known about the printer
  octoprint-cli status --json"""

#: The pages by name. A command of the same name has precedence.
TOPICS: Mapping[str, str] = {"formats": _FORMATS}


def help_topic(name: str) -> str:
    """Return the page of a topic."""
    return TOPICS[name]
