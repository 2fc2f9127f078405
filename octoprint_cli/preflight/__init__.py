"""Pre-flight: may this file be printed on this printer now?

Each check is an entry point in `octoprint_cli.preflight`, whose name is its id; the built-in ones come in
the same way as a vendor's. Must not know cliff: the client comes as an argument.
"""

from octoprint_cli.preflight.check import Check, Finding, Severity, Skip
from octoprint_cli.preflight.runner import Report, run_preflight
from octoprint_cli.preflight.subject import Subject

__all__ = ["Check", "Finding", "Report", "Severity", "Skip", "Subject", "run_preflight"]
