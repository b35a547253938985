// The parameter of an inlined function is in a local no longer than until that gets another value. clang itself would
// have the two values share one local and say so nowhere, so it is told to give each value a local of its own.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WRING } from '../lib/wring.mjs';

const SOURCE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'argument.c');
const run = (command, ...words) => spawnSync(command, words, { encoding: 'utf8' }).stdout;

/** Where the inlined code ends, and where the location of its parameter does. */
function readEnds(module) {
  const inlined = run('llvm-dwarfdump', module).split('DW_TAG_inlined_subroutine')[1] ?? '';
  const parameter = inlined.split('DW_TAG_formal_parameter')[1]?.split('DW_TAG')[0] ?? '';
  const ends = [...parameter.matchAll(/\[0x\w+, (0x\w+)\): DW_OP_WASM_location 0x0/g)].map((m) => Number(m[1]));
  return { code: Number(/DW_AT_high_pc\s+\((0x\w+)\)/.exec(inlined)?.[1]), parameter: Math.max(...ends) };
}

export function checkArgument(file, fail) {
  const code = file('argument.bc'), object = file('argument.o'), module = file('argument.wasm'), out = file('argument.out.wasm');
  run('clang', '--target=wasm32', '-O2', '-g', '-emit-llvm', '-c', SOURCE, '-o', code);
  run('clang', '--target=wasm32', '-O0', '-Xclang', '-disable-llvm-passes', '-c', code, '-o', object);
  run('wasm-ld', '--no-entry', object, '-o', module);
  run(WRING, 'opt', '-q', '-Oz', module, '-o', out, '--dwarf');
  const ends = readEnds(out);
  if (!(ends.parameter > 0 && ends.parameter < ends.code)) fail(`argument: the parameter is there up to ${ends.parameter}, the code up to ${ends.code}`);
}
