"""Parsing of command lines: the global options, argparse without exits and abbreviations, and the server options."""

from __future__ import annotations

import functools
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, NoReturn, Sequence

from octoprint_cli.framework.argparse_internals import KeepsParagraphs
from octoprint_cli.framework.cliff_internals import CliffParser, SmartHelpFormatter

#: The global options that choose the server and how it is reached.
SERVER_OPTIONS = ("host", "api_key", "printer", "timeout", "config")
#: The server options that choose another server.
_CHOOSING = ("host", "printer", "config")
#: The server options that apply to one server only.
_OF_ONE_SERVER = ("host", "printer", "api_key")


class Parser(CliffParser):
    """Argument parser that raises UsageError; argparse would exit with 2, which means a file error here."""

    def error(self, message: str) -> NoReturn:
        from octoprint_cli.framework.usage_errors import usage_error  # a line that is right does without

        raise usage_error(message, (self,), "octoprint-cli --help")


class HelpFormatter(KeepsParagraphs, SmartHelpFormatter):
    """Help formatter that keeps the paragraphs of a docstring apart."""


@functools.lru_cache(maxsize=None)
def global_parser(name: str, description: str) -> Parser:
    """Return the parser of the global options, which are accepted anywhere on the line and cannot be abbreviated."""
    parser = Parser(prog=name, description=description, add_help=False, allow_abbrev=False, formatter_class=HelpFormatter)
    server = parser.add_argument_group("server")
    server.add_argument("--host", metavar="URL", help="address of the OctoPrint server, such as http://octopi.local")
    server.add_argument("--api-key", metavar="KEY", help="API key; better in OCTOPRINT_API_KEY, or saved by init")
    server.add_argument("--printer", metavar="NAME", help="one of several printers in the configuration")
    server.add_argument("--timeout", metavar="SECONDS", help="maximum wait for the server's answer (default: 30)")
    server.add_argument("--config", metavar="FILE", help="configuration file (default: ~/.octoprint-cli/config.yaml)")
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="the same as -f json")
    output.add_argument("-f", "--format", metavar="FORMAT", help="text, table, json, yaml, value, csv or shell (default: text)")
    output.add_argument("-v", "--verbose", action="count", dest="verbose_level", default=1, help="show more")
    output.add_argument(
        "-q", "--quiet", action="store_const", dest="verbose_level", const=0, help="show less: no notes, no progress"
    )
    output.add_argument("--debug", action="store_true", help="show HTTP requests and tracebacks on stderr")
    parser.add_argument("-h", "--help", action="store_true", dest="help_wanted", help="show this help, or that of a command")
    parser.add_argument("--version", action="store_true", dest="version_wanted", help="show the version of this program")
    return parser


@functools.lru_cache(maxsize=None)
def format_parser() -> Parser:
    """Return the parser of the output format options only, for the format must be known before an error can be shown."""
    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--json", action="append_const", const="json", dest="formats")
    parser.add_argument("-f", "--format", action="append", nargs="?", const="", dest="formats")
    return parser


def joined(argv: Sequence[str]) -> List[str]:
    """Return the command line with an API key that begins with a dash, as one in 64 does, joined to its option by `=`."""
    line: List[str] = []
    for word in argv:
        if line and line[-1] == "--api-key" and word.startswith("-") and not word.startswith("--"):
            line[-1] = f"--api-key={word}"
        else:
            line.append(word)
    return line


def merged_server_options(own: Mapping[str, Any], outer: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a nested command's server options, completed by those of the outer run, whose API key is for its server only."""
    elsewhere = any(own[name] for name in _CHOOSING)
    kept = {name: None if elsewhere and name in _OF_ONE_SERVER else value for name, value in outer.items()}
    return {**kept, **{name: value for name, value in own.items() if value}}


def parse(parser: ArgumentParser, name: str, argv: List[str]) -> Namespace:
    """Parse the arguments of a command, including third-party ones, without abbreviations. Raises UsageError and never exits."""

    def error(message: str) -> NoReturn:
        from octoprint_cli.framework.usage_errors import usage_error  # a line that is right does without

        raise usage_error(message, (parser, global_parser("", "")), f"octoprint-cli help {name}")

    parser.allow_abbrev = False
    parser.error = error  # type: ignore[method-assign]
    return parser.parse_args(argv)
