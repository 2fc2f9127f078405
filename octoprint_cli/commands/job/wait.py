"""wait: until the job is done, or the printer is as wanted."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Dict

from octoprint_cli.api import PRINTED, WAIT_CODES, WAITED, ShowOne, add_goals, labelled, lines, waited


class Wait(ShowOne):
    """wait until the job is done, or until another state

    Success means that what was waited for is true. The answer has the printer's final state, also after a failure. If no job
    is active, the last one counts. The print goes on if the wait ends early.
    """

    own_timeout = True
    result = WAITED
    template = (
        f"{{met=done}}{PRINTED}",
        "{met=done}{last_job:sentence}.[ {temperature:hot}.]",
        lines(
            "{met=temp}<green>The heaters are at their targets</>, after {seconds:span}.",
            labelled({"{for temperature}{met=temp}{key:heater}": "{value}"}),
        ),
        "{met=progress*}<green>{job.file|The job} has come that far</>[: to {job.completion}][, with {job.print_time_left} left].",
        "{met=printing,paused}<green>{job.file|The job} is {met}</>, after {seconds:span}.",
        "{met?}<green>The printer is {met}</>, after {seconds:span}.",
    )
    examples = (
        ("octoprint-cli wait", "wait until the print is done"),
        ("octoprint-cli wait --for idle --timeout 3600", "wait at most an hour until the printer is free"),
        ("octoprint-cli wait --for progress=50", "wait until half of the print is done"),
    )
    effects = ("reads",)
    error_codes = WAIT_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_goals(parser, "--for", "what to wait for (default: done)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        goals = parsed_args.goals or ["done"]
        return waited(self, goals, parsed_args.fail_on, parsed_args.timeout)
