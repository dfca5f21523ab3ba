# Sourced by what compares two binaries; `room` is a folder of theirs.

# seconds BINARY SCENARIO OUT: runs it on one thread and prints processor seconds.
seconds() {
    local TIMEFORMAT='%U %S' code=0
    { time "$1" run "$2" --threads 1 --out "$3" -q 2>"$room/said" || code=$?; } 2>"$room/time"
    # 1 and 3 are verdicts on the run, 2 is a refusal.
    if [ "$code" -ne 0 ] && [ "$code" -ne 1 ] && [ "$code" -ne 3 ]; then
        cat "$room/said" >&2
        return 1
    fi
    awk '{ printf "%.2f\n", $1 + $2 }' "$room/time"
}
