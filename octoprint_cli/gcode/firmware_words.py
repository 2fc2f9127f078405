"""Rows of the table of G-code for words: OctoPrint's host commands (@PAUSE) and Klipper's commands.

A word that has no row may be a user's macro, which can do anything.
"""

from __future__ import annotations

import re
from typing import Pattern, Tuple

from octoprint_cli.gcode.code_row import NAMED, Code

#: A text for the host that is a command to the server: it obeys `//action:cancel`. Notes and dialogues harm nothing.
HOST_ACTION = r".*\bACTION\s*:(?!\s*(?:NOTIFICATION|PROMPT_)).*"
HOST_ACTION_HARM = "sends a command to the server, which may cancel, pause or start a job, or shut down"
#: What words and numbered codes do to a job that is paused.
PROBES = "homes or probes, over the half-printed part"
UPSETS = "upsets the position or the calibration, so that the rest of the print is displaced"
LETS_GO = "releases the motors, so that the position is lost"

#: Words that move something or swap the tool, and of which nothing else is known.
_MOVES = """
    ABORT ACCEPT ACTIVATE_EXTRUDER ADJUSTED ALIGN BED_MESH_OFFSET BED_MESH_PROFILE BLTOUCH_DEBUG BLTOUCH_STORE CLEAR_PAUSE
    LOAD_FILAMENT MANUAL_STEPPER PARK RESTORE_DUAL_CARRIAGE_STATE RESTORE_GCODE_STATE RESUME SET_DUAL_CARRIAGE
    SET_EXTRUDER_ROTATION_DISTANCE SET_EXTRUDER_STEP_DISTANCE SET_GCODE_OFFSET SYNC_EXTRUDER_MOTION SYNC_STEPPER_TO_EXTRUDER
    UNLOAD_FILAMENT
"""
#: Words that home, probe or shake the axes.
_PROBING = """
    AXIS_TWIST_COMPENSATION_CALIBRATE BED_MESH_CALIBRATE BED_SCREWS_ADJUST BED_TILT_CALIBRATE DELTA_CALIBRATE
    ENDSTOP_PHASE_CALIBRATE HOME_XY HOMING_OVERRIDE MANUAL_PROBE PROBE PROBE_ACCURACY PROBE_CALIBRATE QUAD_GANTRY_LEVEL
    SCREWS_TILT_CALCULATE SHAPER_CALIBRATE TESTZ TEST_RESONANCES TOOL_CALIBRATE_TOOL_OFFSET Z_ENDSTOP_CALIBRATE Z_TILT_ADJUST
"""
#: Words that move an axis past its limits, or change where it is taken to be.
_UPSETTING = """
    BED_MESH_CLEAR FORCE_MOVE SET_KINEMATIC_POSITION SET_SKEW SKEW_PROFILE STEPPER_BUZZ TUNING_TOWER
"""
#: What only asks, shows a text or a light, or turns a fan: it neither moves nor heats.
_HARMLESS = """
    @RESUME ACCELEROMETER_QUERY BED_MESH_MAP BED_MESH_OUTPUT DUMP_TMC DUMP_WARNINGS EXCLUDE_OBJECT_DEFINE GET_POSITION
    GET_RETRACTION GET_STATUS HELP MEASURE_AXES_NOISE QUERY_ADC QUERY_ENDSTOPS QUERY_FILAMENT_SENSOR QUERY_PROBE
    SAVE_GCODE_STATE SAVE_VARIABLE SEARCH_VARS SET_DISPLAY_GROUP SET_DISPLAY_TEXT SET_LED SET_LED_TEMPLATE SET_PRINT_STATS_INFO
    SET_RETRACTION SET_TEMPERATURE_FAN_TARGET TEMPERATURE_PROBE_ENABLE
"""

WORDS: Tuple[Code, ...] = (
    *(Code(name, moves=True) for name in _MOVES.split()),
    *(Code(name, moves=True, disturbs=PROBES) for name in _PROBING.split()),
    *(Code(name, moves=True, disturbs=UPSETS) for name in _UPSETTING.split()),
    Code("SET_STEPPER_ENABLE", moves=True, disturbs=LETS_GO),
    *(Code(name) for name in _HARMLESS.split()),
    Code("@ABORT", harm="cancels the job"),
    Code("@CANCEL", harm="cancels the job"),
    Code("@PAUSE", waits=True),
    Code("CANCEL_PRINT", notable="cancels the print", typed_harm="cancels the job"),
    Code("COLOR_CHANGE", waits=True),
    Code("EXCLUDE_OBJECT", typed_harm="leaves an object out of the print"),
    Code("EXCLUDE_OBJECT_END", skipped=True),
    Code("EXCLUDE_OBJECT_START", skipped=True),
    Code("FIRMWARE_RESTART", harm="restarts the firmware", moves=True, restarts=True),
    Code("INIT_TMC", typed_harm="resets a motor's driver", moves=True),
    Code("MPC_CALIBRATE", typed_harm="heats unattended to tune the heater", moves=True, heats=NAMED),
    Code("PAUSE", waits=True, moves=True),
    Code("PID_CALIBRATE", typed_harm="heats unattended to tune the heater", moves=True, heats=NAMED),
    Code(
        "PRUSA",
        harm="resets the printer, or acts as if its power failed",
        only_with=r"\s*(?:FR|LZ|UVLO|RESET)\b.*",
        disturbs="may change how the printer works",
    ),
    Code("RESTART", harm="restarts the host firmware", moves=True, restarts=True),
    Code("RUN_SHELL_COMMAND", typed_harm="runs a program on the printer's computer"),
    Code("SAVE_CONFIG", harm="overwrites the stored settings and restarts the firmware", moves=True, restarts=True),
    Code("SDCARD_PRINT_FILE", harm="starts a print without any check"),
    Code("SDCARD_RESET_FILE", typed_harm="forgets the file that is printed", moves=True),
    Code("SET_FAN_SPEED", skipped=True),
    Code("SET_FILAMENT_SENSOR", disturbs="switches a filament sensor"),
    Code("SET_HEATER_TEMPERATURE", heats=NAMED),
    Code("SET_IDLE_TIMEOUT", typed_harm="changes how long an idle printer keeps its heaters on"),
    Code("SET_PIN", typed_harm="switches a pin, whatever is connected to it"),
    Code("SET_PRESSURE_ADVANCE", skipped=True),
    Code("SET_TMC_CURRENT", typed_harm="changes a motor's current"),
    Code("SET_TMC_FIELD", typed_harm="changes a setting of a motor's driver"),
    Code("SET_VELOCITY_LIMIT", skipped=True),
    Code("STOP_PRINT", ends_print=True),
    Code(
        "TEMPERATURE_WAIT",
        waits_for_heat=True,
        cannot_heat=True,
        disturbs="holds the printer up until a temperature is reached",
    ),
    Code("TURN_OFF_HEATERS", ends_print=True, cannot_heat=True, disturbs="switches every heater off"),
    Code("Z_OFFSET_APPLY_ENDSTOP", typed_harm="changes the printer's calibration"),
    Code("Z_OFFSET_APPLY_PROBE", typed_harm="changes the printer's calibration"),
)

#: Names of macros that start a print, prepare one, or feed filament: by their shape they may heat.
_MAY_HEAT: Pattern[str] = re.compile(
    r".*(?:HEAT|WARM|SOAK|TEMP|START|BEGIN|PREPARE|FILAMENT|PURGE|PRIME|PREPRINT|PRINT_|_PRINT|NOZZLE|HOTEND|EXTRUDE).*"
)
#: What turns heaters off or ends a print: cooling is not asked about.
_COOLS: Pattern[str] = re.compile(r".*(?:_OFF|COOL|END_|_END|FINISH|STOP|CANCEL|PAUSE).*")


def may_heat(name: str) -> bool:
    """Whether an unknown word in capitals may be a macro that heats, to judge by its name."""
    return _MAY_HEAT.fullmatch(name) is not None and _COOLS.fullmatch(name) is None
