// Puts custom sections into a module, optimizes it, and says what became of each: node put_section.mjs MODULE "FLAGS" NAME[=HEX]…
// A section stands before the code, as annotations must, unless its name says .debug or .llvm.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [module, flags, ...given] = process.argv.slice(2);
const leb = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
const section = (name, payload) => [0, ...leb(leb(name.length).length + name.length + payload.length), ...leb(name.length), ...Buffer.from(name), ...payload];

// Where the code section begins.
function placeOfCode(bytes) {
  for (let at = 8; at < bytes.length;) {
    if (bytes[at] === 10) return at;
    let size = 0, shift = 0, p = at + 1;
    do size |= (bytes[p] & 127) << shift, shift += 7; while (bytes[p++] & 128);
    at = p + size;
  }
  return bytes.length;
}

const sections = (bytes, name) => WebAssembly.Module.customSections(new WebAssembly.Module(bytes), name).map((b) => Buffer.from(b).toString('hex'));

for (const item of given) {
  const [name, hex = '616263'] = item.split('='), bytes = readFileSync(module), at = /^\.(debug|llvm)/.test(name) ? bytes.length : placeOfCode(bytes);
  writeFileSync('put.wasm', Buffer.concat([bytes.subarray(0, at), Buffer.from(section(name, Buffer.from(hex, 'hex'))), bytes.subarray(at)]));
  const run = spawnSync('wring', ['put.wasm', '-o', 'put.out.wasm', ...flags.split(' ').filter(Boolean)], { encoding: 'utf8' });
  const after = run.status ? [] : sections(readFileSync('put.out.wasm'), name);
  const what = run.status ? `status ${run.status}` : !after.length ? 'dropped' : after[0] === hex ? 'kept' : `rewritten ${after[0]}`;
  console.log(`${name}: ${what}${run.stderr ? `, ${run.stderr.trim().replace(/^wring: put.wasm: /, '')}` : ''}`);
}
