#!/bin/sh
# Slices the files beside it anew; for maintainers. It needs PrusaSlicer 2.5 and Slic3r 1.3 (Debian: prusa-slicer, slic3r).
# Then record what a real OctoPrint says of them: python record.py PATH/TO/octoprint
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/shapes.py" "$work"

prusa() { # NAME SHAPE OPTION...
    out=$here/$1.gcode shape=$work/$2.stl
    shift 2
    prusa-slicer --export-gcode --output "$out" --nozzle-diameter 0.4 --filament-diameter 1.75 "$@" "$shape" >"$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
}

slicer() { # NAME SHAPE OPTION...
    out=$here/$1.gcode shape=$work/$2.stl
    shift 2
    slic3r --no-gui --output "$out" --nozzle-diameter 0.4 --filament-diameter 1.75 "$@" "$shape" >"$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
}

# Absolute extrusion; a start with a purge line, a pressure stroke and G92; an end that lifts with G91.
start='G28
G92 E0
G1 Z0.3 F600
G1 X2 Y5 F6000
G1 X2 Y150 E14 F1200
G92 E0
G1 Z2
G92 X2 Y150'
end='M104 S0
M140 S0
G91
G1 E-2 Z10 F600
G90
G1 X0 Y190 F6000
M84'
prusa absolute_prusa plate --first-layer-bed-temperature 65 --bed-temperature 60 --first-layer-temperature 220 --temperature 215 \
    --start-gcode "$start" --end-gcode "$end"

# Relative extrusion as PrusaSlicer's and OrcaSlicer's own profiles have it.
prusa relative_prusa plate --use-relative-e-distances --layer-gcode 'G92 E0' --fill-pattern gyroid \
    --filament-type PETG --gcode-flavor marlin2 --first-layer-temperature 240 --temperature 235 --machine-limits-usage ignore

prusa vase_prusa vase --spiral-vase --perimeters 1 --fill-density 0 --top-solid-layers 0 --layer-height 0.25
slicer vase_slic3r vase --spiral-vase --perimeters 1 --fill-density 0 --top-solid-layers 0 --use-relative-e-distances

# Two nozzles: walls with the first, filling with the second.
prusa tools_prusa plate --nozzle-diameter 0.4,0.4 --filament-diameter 1.75,1.75 --temperature 210,230 \
    --first-layer-temperature 215,235 --filament-type 'PLA;PETG' --infill-extruder 2 --solid-infill-extruder 2 \
    --extruder-offset 0x0,18x0
slicer tools_slic3r plate --nozzle-diameter 0.6 --filament-diameter 1.75 --temperature 210 --temperature 230 \
    --first-layer-temperature 215 --first-layer-temperature 235 --infill-extruder 2 --solid-infill-extruder 2 \
    --retract-length 1 --retract-length 2 --ooze-prevention --standby-temperature-delta -10

# Arcs: neither slicer has them (Slic3r: "Arc fitting is not available"), so a script of ours does as ArcWelder would.
prusa arcs_prusa disc --fill-pattern concentric --top-fill-pattern concentric --bottom-fill-pattern concentric \
    --solid-fill-pattern concentric --retract-lift 0.4
python3 "$here/arcs.py" <"$here/arcs_prusa.gcode" >"$work/arcs" && mv "$work/arcs" "$here/arcs_prusa.gcode"

prusa supports_prusa bridge --support-material --brim-width 4 --retract-lift 0.6 --wipe --retract-before-wipe 70% --skirts 0

# Comments on every line, retraction by the firmware, RepRapFirmware's way to say temperatures.
prusa comments_prusa plate --gcode-comments --use-firmware-retraction --gcode-flavor reprapfirmware --gcode-label-objects \
    --fill-density 0 --first-layer-temperature 220
slicer comments_slic3r plate --gcode-comments --gcode-flavor smoothie --brim-width 3 --first-layer-bed-temperature 70 --bed-temperature 60

# Where firmwares differ most: other codes, a rotary axis for the extruder.
slicer makerware_slic3r plate --gcode-flavor makerware --retract-lift 0.5
prusa sailfish_prusa plate --gcode-flavor sailfish --complete-objects --duplicate 2 --fill-density 0 --extruder-clearance-radius 5
slicer mach3_slic3r plate --gcode-flavor mach3 --fill-density 0

# A delta's bed, with 0, 0 in its middle; the plate stands across it.
prusa centre_prusa plate --bed-shape=-100x-100,100x-100,100x100,-100x100 --center 0,0 --raft-layers 2 --fill-density 0

# It is longer than the bed that it was sliced for.
prusa bar_prusa bar --center 100,100 --fill-density 0 --first-layer-height 0.3 --layer-height 0.3

# Cubic millimetres instead of millimetres of filament, and an end of the user's.
cat >"$work/end.gcode" <<'END'  # Slic3r takes it from a file
M104 S0
G91
G1 Z5 F600
G28 X0
M84
END
slicer volumetric_slic3r disc --use-volumetric-e --end-gcode "$work/end.gcode" --fill-density 0 --skirts 2
ls -l "$here"/*.gcode
