"""Times WASI commands in Wasmtime: runtime_wasmtime.py RUNS SCALE MODULE.wasm ...

Prints one JSON list with an object for each module: the processor times of its runs in milliseconds, the bytes of
machine code that Cranelift made, and a hash of what the program printed. The modules take turns, so that other work on
the machine disturbs all alike. Compiling is not in the time. A module that cannot be compiled has an "error" instead.
"""

import hashlib
import json
import os
import sys
import tempfile
import time

import wasmtime

ENOUGH = 600  # milliseconds that the runs of a module shall take together
MOST = 60  # runs


def run(engine, module, scale, folder):
    """One run: (milliseconds, what was printed with the exit status)."""
    out = os.path.join(folder, "out")
    scratch = tempfile.mkdtemp(dir=folder)
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["program"] + ([] if scale == "1" else [scale])
    wasi.stdout_file = out
    wasi.stderr_file = os.path.join(folder, "err")
    wasi.preopen_dir(scratch, "/scratch")
    store = wasmtime.Store(engine)
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    start = linker.instantiate(store, module).exports(store)["_start"]
    end = b"exit 0"
    before = time.process_time()
    try:
        start(store)
    except wasmtime.ExitTrap as stopped:
        end = b"exit %d" % stopped.code
    except (wasmtime.Trap, wasmtime.WasmtimeError):
        end = b"trap"
    spent = (time.process_time() - before) * 1000
    del start, linker, store
    with open(out, "rb") as file:
        return spent, file.read() + end


def main(runs, scale, *paths):
    engine = wasmtime.Engine()
    results = []
    for path in paths:
        try:
            module = wasmtime.Module.from_file(engine, path)
            results.append({"module": module, "times": [], "code": len(module.serialize())})
        except wasmtime.WasmtimeError as error:
            results.append({"error": str(error).splitlines()[0]})
    with tempfile.TemporaryDirectory() as folder:
        done, rounds = 0, int(runs)
        while done < rounds:
            for result in (each for each in results if "error" not in each):
                spent, printed = run(engine, result["module"], scale, folder)
                result["times"].append(spent)
                result["digest"] = hashlib.sha256(printed).hexdigest()
                if not done:
                    rounds = max(rounds, min(MOST, int(ENOUGH / max(spent, 1))))
            done += 1
    for result in results:
        result.pop("module", None)
    print(json.dumps(results))


main(*sys.argv[1:])
