"""The words of Klipper, and codes that other firmwares than Marlin have: what each does if it is typed, with or without a job.

Read for typed commands only (`command_risks`), beside the rows of `code_table`. In a file many of them are as usual as they are
harmful when typed. A word that neither has may be a user's macro, which can do anything.
"""

from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional, Pattern


class WordEffect(NamedTuple):
    """What a word does: `harm` and `moves` as in `code_table.Code`."""

    harm: Optional[str] = None
    moves: bool = False
    disturbs: Optional[str] = None  # what it does to a job: typed during one, it wants --confirm
    heats: bool = False  # with the parameter TARGET, of the heater that HEATER names


_MOVES = """
    ABORT ACCEPT ACTIVATE_EXTRUDER ADJUSTED ALIGN AXIS_TWIST_COMPENSATION_CALIBRATE BED_MESH_CALIBRATE BED_MESH_CLEAR
    BED_MESH_OFFSET BED_MESH_PROFILE BED_SCREWS_ADJUST BED_TILT_CALIBRATE BLTOUCH_DEBUG BLTOUCH_STORE CLEAR_PAUSE DELTA_CALIBRATE
    ENDSTOP_PHASE_CALIBRATE FORCE_MOVE HOME_XY HOMING_OVERRIDE LOAD_FILAMENT MANUAL_PROBE MANUAL_STEPPER PARK PAUSE
    PROBE PROBE_ACCURACY PROBE_CALIBRATE QUAD_GANTRY_LEVEL RESTORE_DUAL_CARRIAGE_STATE RESTORE_GCODE_STATE RESUME
    SCREWS_TILT_CALCULATE SET_DUAL_CARRIAGE SET_EXTRUDER_ROTATION_DISTANCE SET_EXTRUDER_STEP_DISTANCE SET_GCODE_OFFSET
    SET_KINEMATIC_POSITION SET_SKEW SET_STEPPER_ENABLE SHAPER_CALIBRATE SKEW_PROFILE STEPPER_BUZZ SYNC_EXTRUDER_MOTION
    SYNC_STEPPER_TO_EXTRUDER TEST_RESONANCES TESTZ TOOL_CALIBRATE_TOOL_OFFSET TUNING_TOWER UNLOAD_FILAMENT Z_ENDSTOP_CALIBRATE
    Z_TILT_ADJUST
"""
#: What only asks, shows a text or a light, or turns a fan: it neither moves nor heats.
_HARMLESS = """
    @PAUSE @RESUME ACCELEROMETER_QUERY BED_MESH_MAP BED_MESH_OUTPUT DUMP_TMC DUMP_WARNINGS EXCLUDE_OBJECT_DEFINE EXCLUDE_OBJECT_END
    EXCLUDE_OBJECT_START GET_POSITION GET_RETRACTION GET_STATUS HELP MEASURE_AXES_NOISE QUERY_ADC QUERY_ENDSTOPS
    QUERY_FILAMENT_SENSOR QUERY_PROBE SAVE_GCODE_STATE SAVE_VARIABLE SEARCH_VARS SET_DISPLAY_GROUP SET_DISPLAY_TEXT SET_FAN_SPEED
    SET_LED SET_LED_TEMPLATE SET_PRESSURE_ADVANCE SET_PRINT_STATS_INFO SET_RETRACTION SET_TEMPERATURE_FAN_TARGET
    SET_VELOCITY_LIMIT TEMPERATURE_PROBE_ENABLE
"""
_RESTART = "restarts the firmware and ends a print"

_EFFECTS: Dict[str, WordEffect] = {
    **{name: WordEffect(moves=True) for name in _MOVES.split()},
    **{name: WordEffect() for name in _HARMLESS.split()},
    "CANCEL_PRINT": WordEffect(harm="cancels the job"),
    "EXCLUDE_OBJECT": WordEffect(harm="leaves an object out of the print"),
    "FIRMWARE_RESTART": WordEffect(harm=_RESTART, moves=True),
    "INIT_TMC": WordEffect(harm="resets a motor's driver", moves=True),
    "M42": WordEffect(harm="switches a pin, whatever is connected to it"),
    "M98": WordEffect(harm="runs a file of commands on the printer"),
    "M116": WordEffect(disturbs="holds the printer up until everything is hot"),
    "M143": WordEffect(harm="changes the highest temperature that the firmware allows"),
    "M211": WordEffect(disturbs="changes whether the axes stay within their limits"),
    "M305": WordEffect(harm="changes how a temperature is measured"),
    "M308": WordEffect(harm="changes how a temperature is measured"),
    "M562": WordEffect(harm="resets the fault of a heater"),
    "M564": WordEffect(disturbs="changes whether the axes stay within their limits"),
    "M570": WordEffect(harm="changes when a heater counts as faulty"),
    "M950": WordEffect(harm="changes what a pin is for"),
    "MPC_CALIBRATE": WordEffect(harm="heats unattended to tune the heater", moves=True, heats=True),
    "PID_CALIBRATE": WordEffect(harm="heats unattended to tune the heater", moves=True, heats=True),
    "RESTART": WordEffect(harm=_RESTART, moves=True),
    "RUN_SHELL_COMMAND": WordEffect(harm="runs a program on the printer's computer"),
    "SAVE_CONFIG": WordEffect(harm="overwrites the stored settings and restarts the firmware", moves=True),
    "SDCARD_PRINT_FILE": WordEffect(harm="starts a print past every check"),
    "SDCARD_RESET_FILE": WordEffect(harm="forgets the file that is printed", moves=True),
    "SET_FILAMENT_SENSOR": WordEffect(disturbs="switches a filament sensor"),
    "SET_HEATER_TEMPERATURE": WordEffect(heats=True),
    "SET_IDLE_TIMEOUT": WordEffect(harm="changes after which time an idle printer switches its heaters off"),
    "SET_PIN": WordEffect(harm="switches a pin, whatever is connected to it"),
    "SET_TMC_CURRENT": WordEffect(harm="changes a motor's current"),
    "SET_TMC_FIELD": WordEffect(harm="changes a setting of a motor's driver"),
    "TEMPERATURE_WAIT": WordEffect(disturbs="holds the printer up until a temperature is reached", heats=True),
    "TURN_OFF_HEATERS": WordEffect(disturbs="switches every heater off"),
    "Z_OFFSET_APPLY_ENDSTOP": WordEffect(harm="changes the printer's calibration"),
    "Z_OFFSET_APPLY_PROBE": WordEffect(harm="changes the printer's calibration"),
}

#: Names of macros that start a print, prepare one, or feed filament: by their shape they may heat.
_MAY_HEAT: Pattern[str] = re.compile(
    r".*(?:HEAT|WARM|SOAK|TEMP|START|BEGIN|PREPARE|FILAMENT|PURGE|PRIME|PREPRINT|PRINT_|_PRINT|NOZZLE|HOTEND|EXTRUDE).*"
)
#: What turns heaters off or ends a print: cooling is not asked about.
_COOLS: Pattern[str] = re.compile(r".*(?:_OFF|COOL|END_|_END|FINISH|STOP|CANCEL|PAUSE).*")


def effect_of(name: str) -> Optional[WordEffect]:
    """Return what a word in capitals does, or None for one that is not known here."""
    return _EFFECTS.get(name)


def may_heat(name: str) -> bool:
    """Whether an unknown word in capitals may be a macro that heats, to judge by its name."""
    return _MAY_HEAT.fullmatch(name) is not None and _COOLS.fullmatch(name) is None
