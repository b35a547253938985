"""Runs a module once for each place in Wasmtime, and prints what it says of each trap as one JSON object.

    wasmtime_traces.py PACKAGES MODULE EXPORT PLACE…      EXPORT: called with the place; empty: a WASI command
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import wasmtime  # noqa: E402

config = wasmtime.Config()
# Its optimizer merges loads into operations, and then a trap is at the operation.
config.cranelift_opt_level = "none"
engine = wasmtime.Engine(config)
module = wasmtime.Module.from_file(engine, sys.argv[2])


def trace(place: str) -> str:
    store = wasmtime.Store(engine)
    linker = wasmtime.Linker(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["traps", place]
    store.set_wasi(wasi)
    linker.define_wasi()
    exports = linker.instantiate(store, module).exports(store)
    try:
        if sys.argv[3]:
            exports[sys.argv[3]](store, int(place))
        else:
            exports["_start"](store)
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return str(error)
    return ""


print(json.dumps({place: trace(place) for place in sys.argv[4:]}))
