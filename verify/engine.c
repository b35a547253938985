// Runs modules in Node. See engine.h. The text of a trap is printed but not its stack, in which function
// numbers differ.
#include "engine.h"

#include <stdlib.h>

#include "support/file.h"

bool wr_engine_find_node(const char *path, char *out, size_t size) {
    const char *env = getenv("WRING_NODE");
    if (!path && env && *env) path = env;
    return wr_file_find_program(path ? path : "node", out, size);
}

const char wr_engine_wasi_script[] =
    "import { readFileSync } from 'node:fs';\n"
    "import { WASI } from 'node:wasi';\n"
    "const bytes = readFileSync(process.argv[2]);\n"
    "const module = new WebAssembly.Module(bytes);\n"
    "const old = WebAssembly.Module.imports(module).some((item) => item.module === 'wasi_unstable');\n"
    "const wasi = new WASI({ version: old ? 'unstable' : 'preview1', args: ['program'], env: {}, "
    "returnOnExit: true });\n"
    "const instance = new WebAssembly.Instance(module, wasi.getImportObject());\n"
    "const ready = performance.now();\n"
    "try {\n"
    "  process.exitCode = wasi.start(instance);\n"
    "} catch (error) {\n"
    "  console.log(`trap: ${error.message}`);\n"
    "  process.exitCode = 134;\n"
    "}\n"
    "process.stderr.write(`\\nwring-workload run_ms=${performance.now() - ready}\\n`);\n";

// Compiles the module repeatedly, each time with a different custom section, since engines cache compiled
// code by the module's bytes.
const char wr_engine_compile_script[] =
    "import { readFileSync } from 'node:fs';\n"
    "const module = readFileSync(process.argv[2]);\n"
    "const times = [];\n"
    "for (let round = 0, spent = 0; round < 5 || (round < 100 && spent < 100); round++) {\n"
    "  const bytes = Buffer.concat([module, Buffer.from([0, 3, 1, 120, round])]);\n"
    "  const start = performance.now();\n"
    "  new WebAssembly.Module(bytes);\n"
    "  times.push(performance.now() - start);\n"
    "  spent += times.at(-1);\n"
    "}\n"
    "times.sort((a, b) => a - b);\n"
    "process.stderr.write(`wring-workload compile_ms=${times[times.length >> 1]}\\n`);\n";
