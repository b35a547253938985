// What the tests compare with: the native program, and modules to run both on.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const WRING = path.resolve(ROOT, process.env.WRING ?? 'build/wring');
export const CLI = path.join(ROOT, 'js/bin/wring.mjs');

export function inFolder(work) {
  const dir = mkdtempSync(path.join(tmpdir(), 'wring-js-'));
  try {
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export const assemble = (wat) =>
  inFolder((dir) => {
    const out = path.join(dir, 'out.wasm');
    execFileSync('wat2wasm', ['--debug-names', '--enable-all', path.join(ROOT, wat), '-o', out]);
    return readFileSync(out);
  });

// The output of `wring in.wasm -o out.wasm ARGS`, or what other words print.
export const native = (module, args, words) =>
  inFolder((dir) => {
    writeFileSync(path.join(dir, 'in.wasm'), module);
    const printed = execFileSync(WRING, words ?? ['in.wasm', '-o', 'out.wasm', '-q', ...args], { cwd: dir, maxBuffer: 1 << 28 });
    return words ? printed : readFileSync(path.join(dir, 'out.wasm'));
  });

// A module of the corpus whose package is so named, or undefined.
export function corpusModule(name) {
  const dir = path.join(process.env.WRING_CACHE ?? '', 'corpus/npm');
  if (!existsSync(dir)) return undefined;
  const found = readdirSync(dir).find((entry) => entry.startsWith(`${name}@`));
  const file = found && readdirSync(path.join(dir, found), { recursive: true }).find((entry) => entry.endsWith('.wasm'));
  return file && readFileSync(path.join(dir, found, file));
}
