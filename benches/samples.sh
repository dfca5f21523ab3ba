#!/usr/bin/env bash
# What it saves that a sample of a sensor which cannot change an alarm is no event: two builds of the same tree, in turns on one thread.
# benches/samples.sh COMPUTED_BINARY POLLED_BINARY [SCENARIO [PAIRS]]; the second is built with `--features polled-samples`. Alarms, faults
# and sales have to be the same to the byte. Prints each pair's processor seconds and ratio, then the events of both.
set -euo pipefail
computed=${1:?the binary as it ships}
polled=${2:?the binary in which each sample is an event}
here=$(cd "$(dirname "$0")" && pwd)
scenario=${3:-$here/../scenarios/quickstart.ron}
pairs=${4:-3}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
# shellcheck source=benches/seconds.sh
source "$here/seconds.sh"

events() {
    grep -o '"events": *[0-9]*' "$1/summary.json" | grep -o '[0-9]*$'
}

for ((pair = 1; pair <= pairs; pair++)); do
    a=$(seconds "$computed" "$scenario" "$room/computed")
    b=$(seconds "$polled" "$scenario" "$room/polled")
    awk -v a="$a" -v b="$b" 'BEGIN { printf "computed %.2f s, polled %.2f s: %.1f times\n", a, b, (a > 0 ? b / a : 0) }'
done
for file in alarms faults transactions; do
    cmp "$room/computed/$file.csv" "$room/polled/$file.csv"
done
echo "events: computed $(events "$room/computed"), polled $(events "$room/polled"); alarms, faults and sales are the same"
