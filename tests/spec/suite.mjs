// Finds the spec testsuite (testsuite.tar.zst here, or WRING_SPEC: a folder or another such archive) and lists its scripts
// and module files. An archive is unpacked once into the cache.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const CACHE = process.env.WRING_CACHE ?? path.join(os.homedir(), '.cache/wring');

function unpack(archive) {
  const bytes = fs.readFileSync(archive);
  const folder = path.join(CACHE, `spec-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`);
  if (fs.existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}`;
  fs.mkdirSync(temporary, { recursive: true });
  execFileSync('tar', ['-xf', '-', '-C', temporary], { input: zlib.zstdDecompressSync(bytes) });
  try { fs.renameSync(temporary, folder); } catch { fs.rmSync(temporary, { recursive: true }); }
  return folder;
}

/** The folder with the scripts. */
export function findSuite() {
  const source = process.env.WRING_SPEC ?? path.join(import.meta.dirname, 'testsuite.tar.zst');
  const folder = fs.statSync(source).isDirectory() ? source : unpack(source);
  return fs.existsSync(path.join(folder, 'spec')) ? path.join(folder, 'spec') : folder;
}

/** Script files (NAME/NAME.json) below the suite, sorted. */
export function listScripts(suite, only) {
  return fs.readdirSync(suite, { recursive: true })
    .filter(name => name.endsWith('.json') && (!only || name.includes(only))).sort();
}

/** The commands of a script. */
export const commandsOf = (suite, script) => JSON.parse(fs.readFileSync(path.join(suite, script))).commands;

const MUST_REFUSE = new Set(['assert_invalid', 'assert_malformed']);

/** The bytes (as text) of a script's modules that must be refused. */
const refused = (suite, script) => new Set(commandsOf(suite, script).filter(c => MUST_REFUSE.has(c.type) && c.filename)
  .map(c => fs.readFileSync(path.join(suite, path.dirname(script), c.filename), 'hex')));

// Custom descriptors let branches on casts be between any types of one hierarchy, so the proposal's text of these
// scripts lacks some refusals that WebAssembly 3.0's has.
const RELAXED = /^(br_on_cast|br_on_cast_fail)\//;

/** Whether a refusal is one that a later text no longer wants: (script, command) => bool. The threads proposal's predates several memories. */
function staleness(suite) {
  const later = new Map();
  return (script, c) => {
    if (c.type !== 'assert_invalid') return false;
    if (script.startsWith('proposals/threads/')) return /multiple (memories|tables)/.test(c.text);
    if (!RELAXED.test(script)) return false;
    if (!later.has(script)) later.set(script, refused(suite, path.join('proposals/custom-descriptors', script)));
    return !later.get(script).has(fs.readFileSync(path.join(suite, path.dirname(script), c.filename), 'hex'));
  };
}

/** Every module file: {script, folder, filename, line, valid}. Text-only ones have no file. */
export function listModules(suite, scripts) {
  const isStale = staleness(suite);
  return scripts.flatMap(script => {
    return commandsOf(suite, script).filter(c => c.filename).map(c => ({
      script, folder: path.dirname(script), filename: c.filename, line: c.line, text: c.text,
      valid: !MUST_REFUSE.has(c.type) || isStale(script, c),
    }));
  });
}
