# Sourced by runners whose work can be halved.

# run_parts COMMAND…: runs COMMAND… --part=1/2 and COMMAND… --part=2/2 side by side, and shows what the first printed
# behind what the second prints. Fails if one of them does.
run_parts() {
    local log first second=0
    log=$(mktemp)
    "$@" --part=1/2 >"$log" 2>&1 &
    "$@" --part=2/2 || second=$?
    wait $!
    first=$?
    cat "$log"
    rm -f "$log"
    return $((first > second ? first : second))
}
