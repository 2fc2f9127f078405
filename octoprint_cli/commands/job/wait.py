"""wait: until the job is done, or the printer is as wanted."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Dict

from octoprint_cli.api import WAIT_CODES, WAITED, ShowOne, add_goals, waited


class Wait(ShowOne):
    """wait until the job is done, or the printer is as wanted

    Success means that what was waited for is true; the answer has the printer's final state, after a failure, too.
    Where no job is under way, the last one counts. The print goes on if the wait ends early.
    """

    own_timeout = True
    result = WAITED
    effects = ("reads",)
    error_codes = WAIT_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_goals(parser, "--for", "what to wait for (default: done)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        goals = parsed_args.goals or ["done"]
        return waited(self, goals, parsed_args.fail_on, parsed_args.timeout)
