// Replays every find of the fuzz loop (NAME.wasm with NAME.json, put here by tests/fuzz/minimize): with
// the flags that once failed and at every level, all checks must hold. Arguments: substrings of names.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEVELS } from '../lib/wring.mjs';
import { Checker } from '../fuzz/check.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url)), only = process.argv.slice(2);
const cases = fs.readdirSync(folder).filter(f => f.endsWith('.wasm') && (!only.length || only.some(o => f.includes(o)))).sort();
const checker = new Checker();
let failures = 0;
for (const file of cases) {
  const bytes = new Uint8Array(fs.readFileSync(path.join(folder, file)));
  const { flags, plan } = JSON.parse(fs.readFileSync(path.join(folder, file.replace(/wasm$/, 'json'))));
  for (const set of [flags, ...LEVELS.map(l => [l, '--verify-passes'])]) {
    const failure = await checker.check(bytes, set, { plan });
    if (!failure) continue;
    failures++;
    console.log(`FAIL ${file} ${set.join(' ')}: ${failure.check}: ${failure.reason}`);
  }
}
checker.stop();
console.log(`regress: ${cases.length} cases, ${failures} failures`);
process.exit(failures ? 1 : 0);
