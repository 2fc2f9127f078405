"""The columns of the table of G-code: what can be known of one code or firmware word."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

#: What may stand in `text`: words for people, or a name or another value.
MESSAGE, VALUE = "message", "value"
#: What may stand in `heats` besides tool, bed and chamber: the heater is named by HEATER=, or each by a parameter's own name, or
#: the tool's temperature is H and the bed's B.
NAMED, BY_PARAMETERS, BY_LETTERS = "named", "by parameters", "by letters"
#: What may stand in `reports`.
TEMPERATURES, POSITION, SD_PROGRESS, FANS, PROGRESS = "temperatures", "position", "sd progress", "fans", "progress"


class Code(NamedTuple):
    """One row of the table. Every column but the name is empty unless the row says something.

    What parameters look like is a regular expression as text: few are ever needed, so that they are compiled when they are.
    """

    name: str  # G28, M104; @ABORT is a host command, PAUSE a word of Klipper
    harm: Optional[str] = None  # the harm that it can do: typed, it wants --confirm
    notable: Optional[str] = None  # why it deserves a look in a file that is printed unattended
    only_with: Optional[str] = None  # harm and notable are about these parameters; with others there is nothing to say
    typed_harm: Optional[str] = None  # harm as above, of what is usual in a file and harmful only if it is typed
    disturbs: Optional[str] = None  # what it does to a job: typed during one, or during its pause, it wants --confirm
    disturbs_with: Optional[str] = None  # ... with these parameters; with others a job does not mind
    moves: bool = False  # moves something, upsets the position or swaps the tool: refused while a job is printing
    heats: Optional[str] = None  # the heater whose target it sets: tool, bed, chamber, NAMED, BY_PARAMETERS or BY_LETTERS
    degrees: str = "SR"  # the parameters that have the target
    tunes: bool = False  # the heater is off again when it is done; E-1 is the bed
    tool: str = "T"  # of one that heats a tool, the parameter that names the tool
    needs_tool: bool = False  # whether it heats only if that parameter is there
    heat_off: Optional[str] = None  # the parameters with which it switches its heater off, whatever its target is
    waits_for_heat: bool = False  # goes on only when what it heats, or all that is heated, is hot
    asks: Optional[str] = None  # it only asks a question, as long as it has no parameters but these
    answered: bool = False  # a question that every firmware answers with more than an ok
    reports: Optional[str] = None  # the report that the firmware sends in answer
    text: Optional[str] = None  # text follows, in which no code is looked for: MESSAGE or VALUE
    ends_print: bool = False  # stands at the end of a print (a numbered code: unless it has an S, which makes it a timer)
    ends_only_with: Optional[str] = None  # ... with these parameters
    homes: bool = False  # finds out where the axes are, or recalls it
    waits: bool = False  # waits for the user at the printer
    emergency_stop: bool = False  # nothing may delay it, and no firmware answers it
    restarts: bool = False  # the firmware restarts, so that no acknowledgement comes
    service: Optional[bool] = None  # what follows, up to the code that says False, is no part of a layer
    skipped: bool = False  # common in files, and changes nothing that is looked for there: not read any further
    cannot_heat: bool = False  # a word that heats nothing for certain, as any other one (a macro) may

    def ends(self, parameters: str) -> bool:
        """Whether a command with these parameters stands at the end of a print."""
        if not self.ends_print or (self.ends_only_with is not None and not re.match(self.ends_only_with, parameters.upper())):
            return False
        return is_word(self.name) or self.text is not None or "S" not in parameters.upper()

    def concerns(self, parameters: str) -> bool:
        """Whether its harm or remark is about a command with these parameters."""
        return self.only_with is None or re.fullmatch(self.only_with, parameters.upper()) is not None

    def disturbance(self, parameters: str) -> Optional[str]:
        """Return what a command with these parameters does to a job, or None if a job does not mind."""
        minds = self.disturbs_with is None or re.fullmatch(self.disturbs_with, parameters.upper()) is not None
        return self.disturbs if minds else None

    @property
    def remark(self) -> Optional[str]:
        """Why it deserves a look in a file, or None."""
        return self.notable or self.harm or ("waits for a person" if self.waits else None)


def is_word(name: str) -> bool:
    """Whether this is a macro, a word or a host command, and not a numbered code such as G28."""
    return not name[1:2].isdigit()
