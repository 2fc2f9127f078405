"""Rows of the table of G-code for words: OctoPrint's host commands (@PAUSE) and Klipper's commands.

A word that has no row may be a user's macro, which can do anything.
"""

from __future__ import annotations

import re
from typing import Pattern, Tuple

from octoprint_cli.gcode.code_row import NAMED, Code

#: Words that move something or upset the position, and of which nothing else is known.
_MOVES = """
    ABORT ACCEPT ACTIVATE_EXTRUDER ADJUSTED ALIGN AXIS_TWIST_COMPENSATION_CALIBRATE BED_MESH_CALIBRATE BED_MESH_CLEAR
    BED_MESH_OFFSET BED_MESH_PROFILE BED_SCREWS_ADJUST BED_TILT_CALIBRATE BLTOUCH_DEBUG BLTOUCH_STORE CLEAR_PAUSE
    DELTA_CALIBRATE ENDSTOP_PHASE_CALIBRATE FORCE_MOVE HOME_XY HOMING_OVERRIDE LOAD_FILAMENT MANUAL_PROBE MANUAL_STEPPER PARK
    PROBE PROBE_ACCURACY PROBE_CALIBRATE QUAD_GANTRY_LEVEL RESTORE_DUAL_CARRIAGE_STATE RESTORE_GCODE_STATE RESUME
    SCREWS_TILT_CALCULATE SET_DUAL_CARRIAGE SET_EXTRUDER_ROTATION_DISTANCE SET_EXTRUDER_STEP_DISTANCE SET_GCODE_OFFSET
    SET_KINEMATIC_POSITION SET_SKEW SET_STEPPER_ENABLE SHAPER_CALIBRATE SKEW_PROFILE STEPPER_BUZZ SYNC_EXTRUDER_MOTION
    SYNC_STEPPER_TO_EXTRUDER TEST_RESONANCES TESTZ TOOL_CALIBRATE_TOOL_OFFSET TUNING_TOWER UNLOAD_FILAMENT Z_ENDSTOP_CALIBRATE
    Z_TILT_ADJUST
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
    Code("RESTART", harm="restarts the host firmware", moves=True, restarts=True),
    Code("RUN_SHELL_COMMAND", typed_harm="runs a program on the printer's computer"),
    Code("SAVE_CONFIG", harm="overwrites the stored settings and restarts the firmware", moves=True, restarts=True),
    Code("SDCARD_PRINT_FILE", harm="starts a print past every check"),
    Code("SDCARD_RESET_FILE", typed_harm="forgets the file that is printed", moves=True),
    Code("SET_FAN_SPEED", skipped=True),
    Code("SET_FILAMENT_SENSOR", disturbs="switches a filament sensor"),
    Code("SET_HEATER_TEMPERATURE", heats=NAMED),
    Code("SET_IDLE_TIMEOUT", typed_harm="changes after which time an idle printer switches its heaters off"),
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
