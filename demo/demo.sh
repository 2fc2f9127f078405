#!/bin/sh
# Prints a real file on a real OctoPrint with a virtual printer and shows it finishing. Run it by `make demo`.
# On a terminal it is shown in the live view, which q leaves. Elsewhere the last thing on stdout is the final status, and everything
# else goes to stderr. Fails unless the print was finished.
set -eu

cli() { octoprint-cli --printer demo "$@"; }
say() { printf '\n== %s\n' "$*" >&2; }
field() { cli status -f value -c "$1"; }

if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then watched=yes; else watched=; fi

say "sandbox start: a real OctoPrint with its virtual printer, on loopback"
trap 'octoprint-cli sandbox stop --name demo >&2' EXIT
octoprint-cli sandbox start --name demo >&2

say "preflight demo/cube.gcode"
cli preflight demo/cube.gcode >&2

say "print demo/cube.gcode --confirm${watched:+ --watch}"
cli print demo/cube.gcode --confirm ${watched:+--watch} >&2

phase=$(field phase)
[ "$phase" = idle ] || say "until it is done"
while [ "$phase" != idle ]; do
    printf '%s  %5.1f %%  tool0 %5.1f °C\n' "$(field state)" "$(field job.completion)" "$(field temperature.tool0.actual)" >&2
    sleep 3
    phase=$(field phase)
done

if [ "$watched" ]; then
    say "status"
    cli status
else
    say "status --json"
    cli status --json
fi
[ "$(field last_job.outcome)" = finished ]
[ "$(field job.completion)" = 100.0 ]
