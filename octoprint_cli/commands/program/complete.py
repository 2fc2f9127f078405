"""complete: shell completion."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from pathlib import PurePath
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import ShowOne, candidates, errors, fields, typed, unquoted

#: Separates the words of a line; no word contains it.
_BETWEEN = "\x1f"
#: Separates a word from its meaning; the last one in a line does, since a file's name may have it, too.
_MEANS = " -- "
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
    local IFS=$'\\x1f' line word
    local -a typed found open closed shown_open shown_closed list
    typed=("${(@)words[2,CURRENT-1]}" "$PREFIX")
    found=("${(@f)$(octoprint-cli complete -f table --describe --words="${typed[*]}" 2>/dev/null)}")
    if [[ $found == / ]]; then
        compset -P '--*='
        _files
        return
    fi
    for line in $found; do
        word=${line% -- *}
        if [[ $line == *' -- ' ]]; then
            line=$word
        else
            list=(-l)
            line="${(r:20:)word}  ${line##* -- }"
        fi
        if [[ $word == *= ]]; then
            open+=("$word") shown_open+=("$line")
        else
            closed+=("$word") shown_closed+=("$line")
        fi
    done
    (( $#open )) && compadd -S '' $list -d shown_open -a open
    (( $#closed )) && compadd $list -d shown_closed -a closed
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
    set -l found (octoprint-cli complete -f table --describe --words=(string join \\x1f -- $words[2..-1]) 2>/dev/null)
    if test "$found" = /
        __fish_complete_path (commandline -ct)
    else
        string replace -r '^(.*) -- (.*)$' '$1\\t$2' -- $found | string match -v ''
    end
end
complete -c octoprint-cli -f -a '(__octoprint_cli)'
""",
}
#: How each shell reads its script.
_HINTS = {
    "bash": 'eval "$(octoprint-cli complete bash)"',
    "zsh": 'eval "$(octoprint-cli complete zsh)"',
    "fish": "octoprint-cli complete fish | source",
}


class Complete(ShowOne):
    """set up the Tab key: completion for bash, zsh and fish

    It completes commands, also those of plugins, options and choices, and files, ports and printers as they are now.
    --install sets it up for new shells: in bash and zsh by a line in .bashrc or .zshrc, in fish by a file. Without it, the
    script is printed: eval "$(octoprint-cli complete bash)", or in fish: octoprint-cli complete fish | source.
    """

    result = fields.record(
        shell=fields.text().optional,
        script=fields.text().optional,
        use=fields.text("what to write into the shell's own configuration").optional,
        words=fields.listed(fields.text(), "what can come next").optional,
        files=fields.switch("a file of this computer can").optional,
        meanings=fields.mapping(fields.text(), "of the words that have one").optional,
        installed=fields.text("the file that the script was written to").optional,
        startup_file=fields.text("the shell's file that reads it; null: the shell finds it").or_null.optional,
        changed=fields.switch("false: it was installed already").optional,
    )
    examples = (
        ("octoprint-cli complete --install", "set it up for the shell that you use"),
        ("octoprint-cli complete zsh --install", "set it up for another shell"),
        ("octoprint-cli complete bash", "print the script"),
    )
    effects = ("writes",)
    error_codes = ("FILE_UNWRITABLE",)
    exposed_as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("shell", nargs="?", choices=sorted(_SCRIPTS), help="the shell (default with --install: that of $SHELL)")
        parser.add_argument("--install", action="store_true", help="set it up for new shells of this user")
        for option in ("--words", "--line", "--breaks"):  # one text each, so that a dash in it begins no option
            parser.add_argument(option, help=SUPPRESS)
        parser.add_argument("--describe", action="store_true", help=SUPPRESS)
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.line is not None:
            line = typed(parsed_args.line, parsed_args.breaks or "")
            found = candidates(self.app, line.words[1:])
            return {"words": [line.completed(word) for word in found.words], "files": found.files}
        if parsed_args.words is not None:
            words = [unquoted(word) for word in parsed_args.words.split(_BETWEEN)]
            found = candidates(self.app, words, parsed_args.describe)
            described = {"meanings": dict(found.meanings)} if parsed_args.describe else {}
            return {"words": found.words, "files": found.files, **described}
        shell = parsed_args.shell or (self._own_shell() if parsed_args.install else None)
        if shell is None:
            raise errors.UsageError("no shell is named: choose bash, zsh or fish", hint="octoprint-cli complete bash")
        if parsed_args.install:
            return self._install(shell)
        return {"shell": shell, "script": _SCRIPTS[shell], "use": _HINTS[shell]}

    def _own_shell(self) -> Optional[str]:
        name = PurePath(self.app.environ.get("SHELL", "")).name
        return name if name in _SCRIPTS else None

    def _install(self, shell: str) -> Dict[str, Any]:
        from octoprint_cli.api import install_completion

        try:
            done = install_completion(shell, _SCRIPTS[shell], self.settings.home, self.app.environ)
        except OSError as error:
            raise errors.FileUnwritable(
                f"completion cannot be installed: {error}", hint=f"octoprint-cli complete {shell}"
            ) from error
        where = None if done.startup_file is None else str(done.startup_file)
        return {"shell": shell, "installed": str(done.script), "startup_file": where, "changed": done.changed}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "words" in data:
            meanings = data.get("meanings")
            shown = (word if meanings is None else f"{word}{_MEANS}{meanings.get(word, '')}" for word in data["words"])
            return _FILES if data.get("files") else "\n".join(shown)
        if "installed" in data:
            done = "Installed" if data.get("changed") else "Installed already:"
            read_by = f", which {data['startup_file']} reads" if data.get("startup_file") else ""
            return f"{done} {data['installed']}{read_by}. It works in new {data.get('shell')} shells."
        return str(data["script"]) if "script" in data else None
