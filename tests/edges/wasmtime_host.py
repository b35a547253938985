"""Runs edge programs in Wasmtime: wasmtime_host.py SEED FILE... prints a JSON list with the record of each file, as
host.mjs makes them in V8. An entry is {"lines": [...]}, {"exhausted": true} or {"error": "..."}.

Exported functions take and return numbers only (module.mjs has wrappers for this engine), and exported globals are
numbers, since the Python package knows no other values. Relaxed SIMD is deterministic, and computed NaNs are canonical. Needs
WRING_PYTHON_PACKAGES in PYTHONPATH."""

import json
import random
import struct
import sys
import zlib

import wasmtime as wt

FUEL = 250  # of the program itself; the engine's bounds what that doesn't
ENGINE_FUEL = 20_000_000
DEPTH = 2
CALLS = 24
I32 = [0, 1, -1, 7, 31, 65535, 65536, 2**31 - 1, -(2**31)]
I64 = [0, 1, -1, 63, 65533, 2**63 - 1, -(2**63), 2**32, -(2**32)]
FLOATS = [0.0, -0.0, 1.0, -1.5, float("inf"), float("-inf"), 2147483648.0, -2147483649.0, 2.0**-140, 65535.75]
PROPOSALS = """exceptions function_references gc memory64 multi_memory tail_call wide_arithmetic relaxed_simd
    relaxed_simd_deterministic""".split()


class Exhausted(Exception):
    pass


def make_engine():
    config = wt.Config()
    for name in PROPOSALS:
        setattr(config, "wasm_" + name, True)
    config.consume_fuel = True
    config.cranelift_nan_canonicalization = True
    config.cranelift_opt_level = "none"
    config.parallel_compilation = False
    config.memory_reservation = 1 << 24
    config.memory_guard_size = 1 << 16
    return wt.Engine(config)


def argument(kind, r):
    if kind == "i32":
        return r.choice(I32 + [r.randrange(-(2**31), 2**31)])
    if kind == "i64":
        return r.choice(I64 + [r.randrange(2**32) << 17])
    return r.choice(FLOATS)


def bits(value):
    """Floats as bits, so that -0 and NaNs are told apart."""
    if isinstance(value, float):
        return struct.pack("<d", value).hex()
    return value


class World:
    def __init__(self, engine, seed):
        self.lines = []
        self.depth = 0
        self.seed = seed
        self.store = wt.Store(engine)
        self.refuel()
        self.exports = {}
        self.functions = []
        i32 = wt.ValType.i32()
        self.shared = wt.Global(self.store, wt.GlobalType(i32, True), 3)
        self.objects = {"shared": self.shared}

    def refuel(self):
        self.store.set_fuel(ENGINE_FUEL)

    def note(self, text):
        if len(self.lines) < 5000:
            self.lines.append(text)

    # Imports.

    def provide(self, wanted):
        """The import of this name; the same object each time."""
        name, kind = wanted.name, wanted.type
        if isinstance(kind, wt.FuncType):
            host = {"say": self.say, "say2": self.say, "ask": self.ask, "ask64": self.ask64}[name]
            return wt.Func(self.store, kind, host)
        if name not in self.objects:
            if isinstance(kind, wt.MemoryType):
                self.objects[name] = wt.Memory(self.store, kind)
            elif isinstance(kind, wt.TagType):
                self.objects[name] = wt.Tag(self.store, kind)
            else:
                self.objects[name] = wt.Global(self.store, kind, [5, 0, 65530, -1][self.seed % 4])
        return self.objects[name]

    def say(self, value):
        self.note(f"say {value}")

    def ask64(self, value):
        self.note(f"ask64 {value}")
        return (value * 3 + 2**63) % 2**64 - 2**63

    def ask(self, a, b):
        self.note(f"ask {a} {b}")
        what = ((a ^ b) & 0xFFFF) % 11
        if what == 1 and self.memories:
            memory = self.memories[0]
            memory.write(self.store, bytes([a & 255]), a & 63)
        if what == 2:
            self.shared.set_value(self.store, a)
        if what == 3 and self.tables:
            table = self.tables[0]
            first, second = (function_at(self.store, table, i) for i in (0, 1))
            table.set(self.store, 0, second)
            table.set(self.store, 1, first)
        if what == 4:
            raise RuntimeError("host")
        if what >= 6 and self.functions and self.depth < DEPTH:
            self.depth += 1
            try:
                self.invoke(self.functions[((a & 0xFFFFFFFF) >> 3) % len(self.functions)], a)
            finally:
                self.depth -= 1
        return (a * 7 + 1 + 2**31) % 2**32 - 2**31

    # Running.

    def instantiate(self, module):
        self.memories, self.tables = [], []
        try:
            given = [self.provide(wanted) for wanted in module.imports]
            self.memories = [self.objects[n] for n in ("m0", "m1") if n in self.objects]
            instance = wt.Instance(self.store, module, given)
        except (wt.Trap, RuntimeError) as error:
            self.note(f"start: {complaint(error)}")
            return
        except wt.WasmtimeError as error:
            if "incompatible import" in str(error):
                raise
            self.note(f"start: {complaint(error)}")
            return
        self.exports = dict(instance.exports(self.store).items())
        values = list(self.exports.values())
        self.memories += [m for m in values if isinstance(m, wt.Memory)]
        self.tables = [t for t in values if isinstance(t, wt.Table)]
        self.functions = [n for n in self.exports if n.startswith("f") and n[1:].isdigit()]
        self.names = {identity(f): n for n, f in self.exports.items() if isinstance(f, wt.Func)}

    def invoke(self, name, seed):
        f, r = self.exports[name], random.Random(seed)
        arguments = [argument(str(kind), r) for kind in f.type(self.store).params]
        self.note(f"call {name}({','.join(map(str, arguments))})")
        try:
            result = f(self.store, *arguments)
        except (wt.Trap, wt.WasmtimeError, RuntimeError) as error:
            self.note(f"{name} {complaint(error)}")
            if self.depth and seed & 1:
                raise RuntimeError("passed on") from None
            return
        shown = [bits(v) for v in result] if isinstance(result, list) else bits(result)
        self.note(f"{name} gives {shown}")

    def look(self):
        for i, memory in enumerate(self.memories):
            content = bytes(memory.read(self.store))
            self.note(f"memory {i} {len(content)} {zlib.crc32(content)}")
        for name, value in self.exports.items():
            if isinstance(value, wt.Global):
                self.note(f"{name} {bits(value.value(self.store))}")
        self.note(f"shared {self.shared.value(self.store)}")
        for table in self.tables:
            self.note("table " + ",".join(self.slot(table, i) for i in range(table.size(self.store))))

    def slot(self, table, i):
        f = function_at(self.store, table, i)
        return "null" if f is None else self.names.get(identity(f), "a function")


def function_at(store, table, i):
    """The function there, or None: the package has a value that is empty for a null reference."""
    value = table.get(store, i)
    return value if isinstance(value, wt.Func) else None


def identity(func):
    raw = func._func
    return raw.store_id, getattr(raw, "__private")


def complaint(error):
    if isinstance(error, wt.Trap):
        code = error.trap_code
        if code in (wt.TrapCode.STACK_OVERFLOW, wt.TrapCode.OUT_OF_FUEL):
            raise Exhausted
        if code:
            return f"traps: {code.name}"
    text = str(error).strip().splitlines()
    return f"fails: {text[-1].strip() if text else ''}"


def record(engine, path, seed):
    with open(path, "rb") as file:
        module = wt.Module(engine, file.read())
    world, r = World(engine, seed), random.Random(seed)
    world.instantiate(module)
    world.look()
    for _ in range(CALLS if world.functions else 0):
        world.refuel()
        if "fuel" in world.exports:
            world.exports["fuel"].set_value(world.store, FUEL)
        world.invoke(r.choice(world.functions), r.randrange(2**32))
        world.look()
    return world.lines


def attempt(engine, path, seed):
    try:
        return {"lines": record(engine, path, seed)}
    except Exhausted:
        return {"exhausted": True}
    except (wt.WasmtimeError, wt.Trap) as error:
        return {"error": " ".join(str(error).split())[:300]}


def main():
    engine, seed = make_engine(), int(sys.argv[1])
    json.dump([attempt(engine, path, seed) for path in sys.argv[2:]], sys.stdout)


if __name__ == "__main__":
    main()
