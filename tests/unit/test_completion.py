"""What the Tab key offers, and how a shell's own words are read and written."""

from __future__ import annotations

from typing import List

import pytest
import requests

from octoprint_cli.api import ShowOne
from octoprint_cli.framework.shell_words import typed, unquoted

BREAKS = " \t\n\"'@><=;|&(:"  # bash's own COMP_WORDBREAKS


def offered(server, line: str, *, breaks: str = "", **env: str) -> List[str]:
    """What stands on stdout for a line that is typed so far; `/` stands for files of this computer."""
    argv = ["complete", "-f", "table", f"--line=octoprint-cli {line}", f"--breaks={breaks}"]
    result = server.run(*argv, env={**server.env, **env})
    assert (result.exit_code, result.stderr) == (0, "")
    return [word for word in result.stdout.split("\n") if word]


@pytest.fixture
def stocked(server):
    """Files on the server, one with a space in its name."""
    for name in ("cube.gcode", "my file.gcode", "parts/gear.gcode"):
        server.add_file(name)
    return server


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("canc", ["cancel"]),
        ("con", ["config", "connect"]),
        ("plugins l", ["list"]),
        ("plugins list ", []),
        ("--json plugins n", ["new"]),
        ("--host http://elsewhere --json canc", ["cancel"]),
        ("help config ", ["show"]),
        ("schema can", ["cancel"]),
        ("explain printer_b", []),
        ("explain PRINTER_B", ["PRINTER_BUSY"]),
        ("nonsense ", []),
        ("complete bash ", []),
        ("upload --if-exists re", ["rename", "replace"]),
        ("upload --if-exists=re", ["--if-exists=rename", "--if-exists=replace"]),
        ("upload --if-exists re --loc", ["--location"]),
        ("--js", ["--json"]),
        ("print --stored x --conf", ["--config", "--confirm"]),
        ("print --confirm --conf", ["--config"]),
        ("print --ignore tools --ign", ["--ignore"]),
        ("print --ignore printer_i", ["printer_idle"]),
        ("print -- --conf", ["/"]),
        ("files --location ", ["local", "sdcard"]),
        ("files -f ", ["csv", "json", "table", "text", "value", "yaml"]),
        ("status -f ", ["json", "shell", "table", "text", "value", "yaml"]),
        ("--format sh", ["shell"]),
        ("status -c pha", ["phase"]),
        ("files -c si", ["size"]),
        ("wait --for pr", ["printing", "progress="]),
        ("watch --events state,pr", ["state,progress"]),
        ("wait --fail-on offline,no", ["offline,none"]),
        ("print ", ["/"]),
        ("print par", ["/"]),
        ("print -- -", ["/"]),
        ("print part.gcode ", []),
        ("--config ", ["/"]),
        ("inspect part.gcode --thumbnail ", ["/"]),
        ("temp --bed ", []),
        ("status ", []),
    ],
)
def test_completes_commands_and_options_without_requests(line: str, words: List[str], server) -> None:
    assert offered(server, line) == words
    assert server.mocker.call_count == 0  # nobody was asked


def test_empty_line_completes_all_commands(server) -> None:
    assert {"cancel", "plugins", "watch"} < set(offered(server, ""))
    assert "plugins list" not in offered(server, "")


def test_completes_server_files(stocked) -> None:
    assert offered(stocked, "print --stored ") == ["cube.gcode", "my\\ file.gcode", "parts/gear.gcode"]
    assert offered(stocked, "preflight --stored parts/") == ["parts/gear.gcode"]
    assert offered(stocked, "print --stored=cu") == ["--stored=cube.gcode"]


@pytest.mark.parametrize(
    ("typed_so_far", "replaced"),
    [
        ("--stored my", "my\\ file.gcode"),
        ("--stored my\\ f", "my\\ file.gcode"),
        ("--stored 'my f", "my file.gcode"),
        ('--stored "my f', "my file.gcode"),
        ("--stored=my", "my\\ file.gcode"),
        ('--stored="my', "my file.gcode"),
    ],
)
def test_completes_value_with_space_in_bash(typed_so_far: str, replaced: str, stocked) -> None:
    assert offered(stocked, f"print {typed_so_far}", breaks=BREAKS) == [replaced]


def test_completes_ports_and_profiles_from_server(server) -> None:
    server.links("Operational")
    assert offered(server, "connect --port A") == ["AUTO"]
    assert offered(server, "connect --profile _d") == ["_default"]


def test_completes_printers_from_configuration(server, home, tmp_path) -> None:
    home.mkdir()
    (home / "config.yaml").write_text("printers: {mk3: {host: a}, mk4: {host: b}, voron: {host: c}}\n")
    (home / "config.yaml").chmod(0o600)
    assert offered(server, "--printer mk") == ["mk3", "mk4"]
    assert offered(server, "status --printer=v") == ["--printer=voron"]
    other = tmp_path / "other.yaml"
    other.write_text("printers: {mini: {host: a}}\n")
    other.chmod(0o600)
    assert offered(server, f"--config {other} --printer ") == ["mini"]


def test_completion_uses_host_and_key_of_the_line(stocked) -> None:
    stocked.key = "K3y"
    found = offered(
        stocked, f"--host={stocked.env['OCTOPRINT_HOST']} print --api-key K3y --stored cu", OCTOPRINT_HOST="http://other.test"
    )
    assert found == ["cube.gcode"]
    assert stocked.mocker.last_request.headers["X-Api-Key"] == "K3y"


def test_completion_of_invalid_line_uses_configured_server(stocked) -> None:
    assert offered(stocked, "--timeout print --stored cu") == []
    assert offered(stocked, "print --wat --stored cu") == ["cube.gcode"]


@pytest.mark.parametrize("trouble", [requests.ConnectTimeout("slow"), requests.ConnectionError("refused")])
def test_completion_is_silent_when_server_is_unreachable(trouble: Exception, server) -> None:
    server.on("GET", "/api/files/local", exc=trouble)
    assert offered(server, "print --stored ") == []


def test_completion_is_silent_without_configuration(server) -> None:
    assert offered(server, "print --stored ", OCTOPRINT_HOST="") == []


def test_completion_ignores_default_format(server) -> None:
    assert offered(server, "canc", OCTOPRINT_CLI_FORMAT="json") == ["cancel"]


class Park(ShowOne):
    """park the head"""

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument("--corner", choices=["left", "right"])
        parser.add_argument("--speed", type=int, nargs="?")
        parser.add_argument("--port", metavar="N", type=int)
        return parser

    def take_action(self, parsed_args):
        return {}


class Unready(Park):
    """fail before anything is parsed"""

    def get_parser(self, prog_name):
        return 1 / 0


def test_completes_plugin_commands_and_arguments(server, extra_plugins) -> None:
    extra_plugins.add("commands", "park", lambda: Park)
    extra_plugins.add("commands", "park_now", lambda: Park)
    assert offered(server, "pa") == ["park", "pause"]
    assert offered(server, "park ") == ["now"]
    assert offered(server, "park now --c") == ["--column", "--config", "--corner"]
    assert offered(server, "park --corner ") == ["left", "right"]
    assert offered(server, "park --speed --cor") == ["--corner"]
    assert offered(server, "park --port ") == []  # a number, no port of the server


def test_broken_plugin_loses_only_its_own_argument_completion(server, extra_plugins) -> None:
    def broken():
        raise ImportError("gone")

    extra_plugins.add("commands", "broken", broken)
    extra_plugins.add("commands", "broken_parser", lambda: Unready)
    assert offered(server, "brok") == ["broken"]
    assert offered(server, "broken --") == offered(server, "broken parser --") == []
    assert offered(server, "print --conf") == ["--config", "--confirm"]


@pytest.mark.parametrize(
    ("line", "words", "quote", "kept"),
    [
        ("a", ["a"], "", 0),
        ("a b", ["a", "b"], "", 0),
        ("a b ", ["a", "b", ""], "", 0),
        ("  a\tb", ["a", "b"], "", 0),
        ("a b\\ c", ["a", "b c"], "", 0),
        ("a 'b c' d", ["a", "b c", "d"], "", 0),
        ("a 'b \\c", ["a", "b \\c"], "'", 0),
        ('a "b \\"c\\d', ["a", 'b "c\\d'], '"', 0),
        ("a ''", ["a", ""], "", 0),
        ("a --x=y", ["a", "--x=y"], "", 4),
        ("a --x='y", ["a", "--x=y"], "'", 4),
        ("a --x\\=y", ["a", "--x=y"], "", 0),
        ("a http://b:c d", ["a", "http://b:c", "d"], "", 0),
        ("a http://b:c", ["a", "http://b:c"], "", 9),
        ("a b\\", ["a", "b"], "", 0),
    ],
)
def test_line_is_split_like_in_a_shell(line: str, words: List[str], quote: str, kept: int) -> None:
    found = typed(line, BREAKS)
    assert (found.words, found.quote) == (words, quote)
    assert found.kept == kept or found.quote == ""


@pytest.mark.parametrize("word", ["a b", "it's", 'a"b', "$HOME", "a\\b", "[x]*?", "`id`", "ä", "~", "#a", "!x"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_completed_word_unquotes_to_the_original(word: str, quote: str) -> None:
    line = typed(f"x {quote}")
    assert unquoted(f"{quote}{line.completed(word)}{quote}") == word


def test_broken_parser_is_reported_and_other_commands_stay_listed(server, extra_plugins) -> None:
    extra_plugins.add("commands", "broken_parser", lambda: Unready)
    data = server.run("commands", "--json").data
    assert "cancel" in [row["name"] for row in data["commands"]]
    assert data["broken"] == ["broken parser of acme-tools cannot be described: ZeroDivisionError: division by zero"]
    assert server.run("help", "broken", "parser", "--json").code == "PLUGIN_ERROR"
    assert "cancel" in server.run("skill").stdout


@pytest.mark.parametrize("argv", [["commands", "-f", "csv"], ["skill", "-f", "shell"], ["commands", "-c", "name"]])
def test_catalogue_commands_support_extra_formats(argv: List[str], server) -> None:
    result = server.run(*argv)
    assert (result.exit_code, result.stderr) == (0, "") and "cancel" in result.stdout
