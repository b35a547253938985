// A folder for sample projects, whose node_modules are the bundlers', this package and wring. WRING_BUNDLERS names the
// folder where js/unplugin/test/run installed the bundlers.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../test/native.mjs';

const tools = process.env.WRING_BUNDLERS;
const require = createRequire(path.join(tools, 'package.json'));
export const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

export const work = mkdtempSync(path.join(tools, 'project-'));
after(() => rmSync(work, { recursive: true }));
mkdirSync(path.join(work, 'node_modules'));
for (const [name, folder] of [['wring', 'js'], ['unplugin-wring', 'js/unplugin']]) {
  const to = path.join(work, 'node_modules', name);
  mkdirSync(to);
  for (const entry of readdirSync(path.join(ROOT, folder))) {
    if (!/^(src|bin|package.json|index.mjs|exports.mjs|wring.wasm)$/.test(entry)) continue;
    cpSync(path.join(ROOT, folder, entry), path.join(to, entry), { recursive: true });
  }
}
writeFileSync(path.join(work, 'package.json'), '{ "type": "module", "private": true }');
export const { default: wring } = await import(pathToFileURL(path.join(work, 'node_modules/unplugin-wring/index.mjs')).href);
