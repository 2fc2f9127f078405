"""init: write the configuration."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Callable, Dict, Tuple

from octoprint_cli.api import ShowOne, errors, fields, lines, normalise


class Init(ShowOne):
    """save the address of the server and the API key

    At a terminal the command asks for them; elsewhere they are given by --host and --api-key, or by OCTOPRINT_HOST and
    OCTOPRINT_API_KEY. With --printer NAME they are saved as those of one of several printers. Other settings in the
    configuration file stay as they are.
    """

    result = fields.record(
        path=fields.text("of the file"),
        printer=fields.text("its name in the configuration").or_null,
        host=fields.text(),
        api_key=fields.text("masked"),
        verified=fields.switch(),
        server=fields.text("OctoPrint's version").or_null,
    )
    template = lines(
        (
            "{verified?}<green>Saved</> {host}[ (OctoPrint {server})][ as the printer {printer}] in {path}.",
            "<green>Saved</> {host}[ as the printer {printer}] in {path}; it was not tried on the server.",
        ),
        ("Try it: octoprint-cli --printer {printer} status", "Try it: octoprint-cli status"),
    )
    examples = (
        ("octoprint-cli init", "ask for the address and the key, try them, save them"),
        ("octoprint-cli init --printer mk3", "the same for one of several printers"),
        ("octoprint-cli init --force --no-verify", "replace what is there, without trying it"),
    )
    effects = ("writes",)
    exposed_as_tool = False  # it asks an interactive user
    error_codes = ("CONFIG_EXISTS",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--no-verify", action="store_true", help="save them without trying them on the server")
        parser.add_argument("--force", action="store_true", help="replace an address or a key that was saved before")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        printer = self.settings.given("printer")
        settings = self.settings.for_server(*self._host_and_key())
        values = {"host": settings.host, "api_key": settings.get("api_key")}
        if not parsed_args.force:
            settings.require_room(values, printer, self.app.again("--force"))
        version = None if parsed_args.no_verify else self._verify(settings)
        path = settings.save(values, printer)
        shown = {name: value.shown(name) for name, value in settings.describe() if name in values}
        return {"path": str(path), "printer": printer, **shown, "verified": version is not None, "server": version}

    def _host_and_key(self) -> Tuple[str, str]:
        """Return them from options or the environment, else ask for them."""
        host, key = self.settings.given("host"), self.settings.given("api_key")
        if not (host and key) and not self.terminal.attended:
            missing = " and ".join(option for option, value in (("--host", host), ("--api-key", key)) if not value)
            raise errors.UsageError(
                f"there is no terminal to ask on: {missing} must be given",
                hint="octoprint-cli init --host http://octopi.local --api-key KEY",
            )
        host = normalise(host or self._ask("Address of the OctoPrint server, such as http://octopi.local", self.terminal.ask))
        key = key or self._ask("API key (OctoPrint: User Settings, Application Keys)", self.terminal.ask_secret)
        return host, key

    def _ask(self, question: str, ask: Callable[[str], str]) -> str:
        answer = ask(question)
        if not answer:
            raise errors.UsageError("nothing was given, so nothing was written", hint="octoprint-cli init")
        return answer

    def _verify(self, settings: Any) -> str:
        client = self.app.connect(settings)
        user = client.server.user()
        if user.name is None:
            raise errors.AuthError(
                f"{settings.host} does not know this API key; nothing was written",
                hint="octoprint-cli init --no-verify  # saves them without a test",
            )
        version: str = client.server.version()
        return version
