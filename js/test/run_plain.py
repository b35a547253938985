"""Runs a program for WASI in Wasmtime, once for each list of arguments: `run_plain.py PROGRAM FOLDER JSON-LIST…`. It sees
the folder as its root. Needs WRING_PYTHON_PACKAGES in PYTHONPATH."""
import json
import sys

from wasmtime import Config, Engine, ExitTrap, Linker, Module, Store, WasiConfig

config = Config()
config.wasm_exceptions = True
engine = Engine(config)
program = Module.from_file(engine, sys.argv[1])
linker = Linker(engine)
linker.define_wasi()
for arguments in map(json.loads, sys.argv[3:]):
    store = Store(engine)
    wasi = WasiConfig()
    wasi.argv = ["wring", *arguments]
    wasi.preopen_dir(sys.argv[2], "/")
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    try:
        linker.instantiate(store, program).exports(store)["_start"](store)
    except ExitTrap as end:
        if end.code:
            sys.exit(end.code)
