"""complete: what the shell offers at the Tab key."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import ShowOne, candidates, errors, fields

_SCRIPTS = {
    "bash": """_octoprint_cli() {
    local IFS=$'\\n'
    COMPREPLY=($(octoprint-cli complete --words="${COMP_WORDS[*]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _octoprint_cli octoprint-cli
""",
    "zsh": """#compdef octoprint-cli
_octoprint_cli() {
    local -a found
    found=("${(@f)$(octoprint-cli complete --words="${(F)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _octoprint_cli octoprint-cli
""",
    "fish": """function __octoprint_cli
    set -l words (commandline -opc) (commandline -ct)
    octoprint-cli complete --words=(string join \\n -- $words[2..-1] | string collect -a) 2>/dev/null
end
complete -c octoprint-cli -a '(__octoprint_cli)'
""",
}
#: Where each shell wants its script.
_HINTS = {
    "bash": 'eval "$(octoprint-cli complete bash)"',
    "zsh": 'eval "$(octoprint-cli complete zsh)"',
    "fish": "octoprint-cli complete fish | source",
}


class Complete(ShowOne):
    """print the script that completes command lines in bash, zsh or fish

    It offers commands of add-ons, too, options and choices, and files, ports and printers as they are now: in bash
    or zsh, eval "$(octoprint-cli complete bash)"; in fish, octoprint-cli complete fish | source.
    """

    answer = fields.record(
        shell=fields.text().sometimes,
        script=fields.text().sometimes,
        use=fields.text("what to write into the shell's own configuration").sometimes,
        words=fields.listed(fields.text(), "what can come next").sometimes,
    )
    effects = ("reads",)
    as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("shell", nargs="?", choices=sorted(_SCRIPTS), help="whose script")
        parser.add_argument("--words", help=SUPPRESS)  # one text, a line each: a dash in it is no option of ours
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.words is not None:
            return {"words": candidates(self.app, parsed_args.words.split("\n"))}
        if parsed_args.shell is None:
            raise errors.UsageError("which shell? bash, zsh or fish", hint="octoprint-cli complete bash")
        return {"shell": parsed_args.shell, "script": _SCRIPTS[parsed_args.shell], "use": _HINTS[parsed_args.shell]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "words" in data:
            return "\n".join(data["words"])
        return str(data.get("script"))
