// Hostile DWARF: changes bytes of a module's debug sections, cuts them off or empties them. Whatever they say, wring
// answers with a module whose code is that of the unchanged one, and in little time.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Runner } from '../lib/wring.mjs';

function readUleb(bytes, at) {
  let value = 0, shift = 0, byte;
  do {
    byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    shift += 7;
  } while (byte & 128);
  return [value, at];
}

/** The debug sections of a module: where their contents are. */
function debugSections(bytes) {
  const found = [];
  for (let at = 8, size; at < bytes.length; at += size) {
    const id = bytes[at++];
    [size, at] = readUleb(bytes, at);
    const [n, name] = readUleb(bytes, at);
    if (id === 0 && bytes.subarray(name, name + n).toString('latin1').startsWith('.debug_')) found.push([name + n, at + size]);
  }
  return found;
}

export async function checkHostile(module, rounds, fail) {
  const dir = mkdtempSync(path.join(tmpdir(), 'wring-hostile-')), file = (name) => path.join(dir, name);
  const bytes = readFileSync(module), sections = debugSections(bytes);
  let state = 12345;
  const random = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const batch = new Runner(60_000);
  const job = (flags) => ({ in: file('in.wasm'), out: file('out.wasm'), flags });
  writeFileSync(file('in.wasm'), bytes);
  await batch.run(job(['-O2']));
  const code = readFileSync(file('out.wasm'));
  for (let round = 0; round < rounds; round++) {
    const changed = Buffer.from(bytes);
    for (let i = 1 + random(6); i > 0; i--) {
      const [from, to] = sections[random(sections.length)], at = from + random(to - from);
      if (random(4) === 0) changed.fill(random(2) ? 0 : 255, at, Math.min(to, at + random(64)));
      else changed[at] = random(3) ? random(256) : changed[at] ^ (1 << random(8));
    }
    writeFileSync(file('in.wasm'), changed);
    const { status, message } = await batch.run(job(['-O2', '--dwarf', `--symbols-out=${file('out.wsym')}`, `--source-map-out=${file('out.map')}`]));
    if (status !== 0) fail(`hostile DWARF, round ${round}: status ${status}, ${message}`);
    else if (!readFileSync(file('out.wasm')).subarray(0, code.length).equals(code)) fail(`hostile DWARF, round ${round}: the code is another one`);
  }
  batch.stop();
  rmSync(dir, { recursive: true, force: true });
}
