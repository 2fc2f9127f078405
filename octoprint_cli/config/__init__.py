"""Configuration: what an option, the environment, the file and the defaults say, and which of them counts.

Must not know HTTP or cliff.
"""

from octoprint_cli.config.host import normalise
from octoprint_cli.config.settings import Settings
from octoprint_cli.config.values import Limits, Setting, Value

__all__ = ["Limits", "Setting", "Settings", "Value", "normalise"]
