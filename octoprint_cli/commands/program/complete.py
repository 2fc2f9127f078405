"""complete: shell completion."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import ShowOne, candidates, errors, fields, typed, unquoted

#: Separates the words of a line; no word contains it.
_BETWEEN = "\x1f"
#: The only word where a file can come next: the shell completes files better.
_FILES = "/"
# Each asks for a table, whatever OCTOPRINT_CLI_FORMAT says. bash tears words apart at = and :, so it hands over the line instead;
# bash 3, as on macOS, has neither mapfile nor compopt.
_SCRIPTS = {
    "bash": """_octoprint_cli() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        [[ -n $word ]] && COMPREPLY+=("$word")
    done < <(octoprint-cli complete -f table --line="${COMP_LINE:0:COMP_POINT}" --breaks="$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${COMPREPLY[0]} == / ]]; then
        COMPREPLY=()
        compopt -o default 2>/dev/null
    elif [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _octoprint_cli octoprint-cli
""",
    "zsh": """#compdef octoprint-cli
_octoprint_cli() {
    local IFS=$'\\x1f'
    local -a typed found
    typed=("${(@)words[2,CURRENT-1]}" "$PREFIX")
    found=("${(@f)$(octoprint-cli complete -f table --words="${typed[*]}" 2>/dev/null)}")
    if [[ $found == / ]]; then
        compset -P '--*='
        _files
    else
        compadd -S '' -- ${(M)found:#*=}
        compadd -- ${found:#*=}
    fi
}
if [[ $funcstack[1] == _octoprint[-_]cli ]]; then
    _octoprint_cli "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
    compdef _octoprint_cli octoprint-cli
fi
""",
    "fish": """function __octoprint_cli
    set -l words (commandline -opc) (commandline -ct)
    set -l found (octoprint-cli complete -f table --words=(string join \\x1f -- $words[2..-1]) 2>/dev/null)
    if test "$found" = /
        __fish_complete_path (commandline -ct)
    else
        string match -v '' -- $found
    end
end
complete -c octoprint-cli -f -a '(__octoprint_cli)'
""",
}
#: How each shell loads its script.
_HINTS = {
    "bash": 'eval "$(octoprint-cli complete bash)"',
    "zsh": 'eval "$(octoprint-cli complete zsh)"',
    "fish": "octoprint-cli complete fish | source",
}


class Complete(ShowOne):
    """print the script that completes command lines in bash, zsh or fish

    It offers commands of plugins, too, options and choices, and files, ports and printers as they are now: in bash
    or zsh, eval "$(octoprint-cli complete bash)"; in fish, octoprint-cli complete fish | source.
    """

    result = fields.record(
        shell=fields.text().optional,
        script=fields.text().optional,
        use=fields.text("what to write into the shell's own configuration").optional,
        words=fields.listed(fields.text(), "what can come next").optional,
        files=fields.switch("a file of this computer can").optional,
    )
    effects = ("reads",)
    exposed_as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("shell", nargs="?", choices=sorted(_SCRIPTS), help="whose script")
        for option in ("--words", "--line", "--breaks"):  # one text each, so that a dash in it begins no option
            parser.add_argument(option, help=SUPPRESS)
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.line is not None:
            line = typed(parsed_args.line, parsed_args.breaks or "")
            found = candidates(self.app, line.words[1:])
            return {"words": [line.completed(word) for word in found.words], "files": found.files}
        if parsed_args.words is not None:
            found = candidates(self.app, [unquoted(word) for word in parsed_args.words.split(_BETWEEN)])
            return {"words": found.words, "files": found.files}
        if parsed_args.shell is None:
            raise errors.UsageError("which shell? bash, zsh or fish", hint="octoprint-cli complete bash")
        return {"shell": parsed_args.shell, "script": _SCRIPTS[parsed_args.shell], "use": _HINTS[parsed_args.shell]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "words" in data:
            return _FILES if data.get("files") else "\n".join(data["words"])
        return str(data.get("script"))
