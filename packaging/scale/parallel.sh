#!/bin/bash
# Many modules on one machine, with GNU parallel: parallel.sh FROM TO [OPTIONS OF WRING…]
# Optimizes every .wasm below FROM into the same place below TO. A process a module and a core: one that crashes takes no
# other with it. What was done is in TO.log, one line a module with its exit status; called again, it goes on where it was
# stopped, and tries what failed once more. Ends with status 0 if all went well.
set -euo pipefail
from=${1:?expected a folder of modules} to=${2:?expected a folder for the results}
shift 2
[ $# -gt 0 ] || set -- -Oz
mkdir -p "$to"
cd "$from"
# Largest first: no core is left alone with a large one at the end.
find . -name '*.wasm' -type f -printf '%s %P\n' | sort -k1,1nr -k2 | cut -d' ' -f2- |
    parallel --will-cite --joblog "$to.log" --resume-failed --memfree 1G \
        "mkdir -p $(printf %q "$to")/{//} && wring -q -j1 $(printf '%q ' "$@") {} -o $(printf %q "$to")/{}"
