// The tables of brotli's dictionary that wring.wasm makes at its start are brotli's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { inFolder, ROOT } from './native.mjs';

test('the made tables are the stored ones', () => inFolder((dir) => {
  const [, libraries] = execFileSync(path.join(ROOT, 'scripts/setup-cross'), { encoding: 'utf8' }).trim().split('\n');
  const brotli = path.join(libraries, 'brotli/c'), program = path.join(dir, 'check');
  const sources = [path.join(ROOT, 'cmake/bundled/check_dictionary.c'), path.join(brotli, 'common/dictionary.c'), path.join(brotli, 'common/transform.c')];
  execFileSync(process.env.CC ?? 'cc', ['-O2', '-w', `-I${brotli}`, `-I${brotli}/include`, ...sources, '-o', program]);
  assert.equal(execFileSync(program, { encoding: 'utf8' }), 'the same\n');
}));
