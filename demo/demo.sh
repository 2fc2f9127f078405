#!/bin/sh
# Prints a real file on a real OctoPrint with a virtual printer and shows it finishing. Run it by `make demo`.
# On a terminal it is shown in the live view, which q leaves. The last thing on stdout is the final status; everything else goes to stderr.
set -eu

cli() { octoprint-cli --printer demo "$@"; }
say() { printf '\n== %s\n' "$*" >&2; }
field() { cli status -f value -c "$1"; }

say "sandbox start: a real OctoPrint with its virtual printer, on loopback"
trap 'octoprint-cli sandbox stop --name demo >&2' EXIT
octoprint-cli sandbox start --name demo >&2

say "preflight demo/cube.gcode"
cli preflight demo/cube.gcode >&2

if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then
    say "print demo/cube.gcode --confirm --watch"
    cli print demo/cube.gcode --confirm --watch >&2
else
    say "print demo/cube.gcode --confirm"
    cli print demo/cube.gcode --confirm >&2
fi

say "until it is done"
while [ "$(field phase)" != idle ]; do
    printf '%s  %5.1f %%  tool0 %5.1f °C\n' "$(field state)" "$(field job.completion)" "$(field temperature.tool0.actual)" >&2
    sleep 3
done

say "status --json"
cli status --json
[ "$(field job.completion)" = 100.0 ]
