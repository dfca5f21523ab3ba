#!/usr/bin/env bash
# Processor time per sale of two builds on the same day of 10,000 terminals, in turns on one thread.
# benches/mix.sh OLD_BINARY NEW_BINARY [OLD_SCENARIO [PAIRS]]; prints each pair, then the ratio new / old: least, median and
# greatest of the pairs, and that of the fastest runs, which a busy machine disturbs least.
set -euo pipefail
old=${1:?the binary to compare with}
new=${2:?the binary that is compared}
here=$(cd "$(dirname "$0")" && pwd)
scenario=$here/mix-10000.ron
# Where the language has changed in between, the old binary needs the scenario as it was.
before=${3:-$scenario}
pairs=${4:-5}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
# shellcheck source=benches/seconds.sh
source "$here/seconds.sh"

# Prints processor seconds, sales, and microseconds of processor time per sale.
cost() {
    local s sales
    s=$(seconds "$1" "$2" "$room/run")
    sales=$(grep -o '"attempted": *[0-9]*' "$room/run/summary.json" | grep -o '[0-9]*$')
    awk -v s="$s" -v sales="$sales" 'BEGIN { printf "%.2f %d %.4f\n", s, sales, 1e6 * s / sales }'
}

for ((pair = 1; pair <= pairs; pair++)); do
    a=$(cost "$old" "$before")
    b=$(cost "$new" "$scenario")
    read -r a_s a_sales a_each <<<"$a"
    read -r b_s b_sales b_each <<<"$b"
    ratio=$(awk -v a="$a_each" -v b="$b_each" 'BEGIN { printf "%.4f", b / a }')
    echo "$ratio $a_each $b_each" >>"$room/ratios"
    echo "pair $pair: old $a_s s, $a_sales sales, $a_each us a sale; new $b_s s, $b_sales sales, $b_each us a sale; ratio $ratio"
done
sort -n "$room/ratios" | awk '
    { all[NR] = $1 }
    NR == 1 || $2 < old { old = $2 }
    NR == 1 || $3 < new { new = $3 }
    END {
        median = NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2
        printf "processor time per sale, new / old: min %.3f, median %.3f, max %.3f\n", all[1], median, all[NR]
        printf "fastest runs: %.4f / %.4f us = %.3f\n", new, old, new / old
    }'
