"""Runs a WASI 0.2 command in Wasmtime: `run_wasi.py COMPONENT [ARGUMENT…]`. Its streams are this program's, its exit code
too (70: it trapped); it sees a directory /scratch, which is WRING_SCRATCH or else empty, and no environment. Needs
WRING_PYTHON_PACKAGES in PYTHONPATH."""
import os
import sys
import tempfile

from wasmtime import Config, Engine, ExitTrap, Store, Trap, WasiConfig, WasmtimeError
from wasmtime.component import Component, Linker


def export_named(instance, store, prefix, inner):
    """The function `inner` of the exported interface whose name begins with the prefix, of whatever version."""
    for version in (f"0.2.{n}" for n in range(20)):
        interface = instance.get_export_index(store, f"{prefix}@{version}")
        if interface:
            return instance.get_func(store, instance.get_export_index(store, inner, interface))
    raise SystemExit(f"{sys.argv[1]}: no export {prefix}")


def run(path, arguments, scratch):
    engine = Engine(Config())
    store = Store(engine)
    wasi = WasiConfig()
    wasi.argv = ["program", *arguments]
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.preopen_dir(scratch, "/scratch")
    store.set_wasi(wasi)
    linker = Linker(engine)
    linker.add_wasip2()
    component = Component.from_file(engine, path)
    instance = linker.instantiate(store, component)
    result = export_named(instance, store, "wasi:cli/run", "run")(store)
    return 0 if result is None or result.tag == "ok" else 1


def main():
    with tempfile.TemporaryDirectory() as scratch:
        try:
            status = run(sys.argv[1], sys.argv[2:], os.environ.get("WRING_SCRATCH") or scratch)
        except ExitTrap as end:
            status = end.code
        except (Trap, WasmtimeError) as error:
            print(f"trap: {str(error).splitlines()[-1]}", file=sys.stderr)
            status = 70
    sys.exit(status)


main()
