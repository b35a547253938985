// Pages in a browser: run [--shots DIR] [MODULE.wasm…]. Makes the audit page of each module (default: one made of
// tests/cli/modules/named.wat), the diff page of each with its shrunk form and the page of a folder with both, opens them from the disk in Chromium, goes
// through all tabs, zooms into the map, follows a function and comes back, and fails on any script error, on an empty view, on
// a page that is wider than a phone's screen, on a violation that axe finds in any tab, light or dark, on tabs that the arrow keys
// don't switch, or, of modules that the caller names, on more than two seconds to the first picture. --shots keeps pictures, light and dark, to look at.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, startBrowser } from '../lib/browser.mjs';
import { WRING } from '../lib/wring.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const shots = args[0] === '--shots' ? args.splice(0, 2)[1] : null;
const limit = args.length ? 2000 : Infinity; // ms; a test beside others proves nothing about speed
const chromium = findChromium();
if (!chromium) {
  console.log('pages: skipped, no Chromium is installed');
  process.exit(77);
}
const AXE = path.join(process.env.WRING_CACHE ?? path.join(homedir(), '.cache/wring'), 'tools/node_modules/axe-core/axe.min.js');
const axe = existsSync(AXE) ? readFileSync(AXE, 'utf8') : null;
if (!axe) console.log('pages: not checked with axe, which scripts/setup installs');
const dir = mkdtempSync(path.join(tmpdir(), 'wring-pages-'));

function run(command, words) {
  const r = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 120_000 });
  if (r.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

// Goes in before the page's scripts, so that it hears of their errors.
const watch = '<script>const faults = []; addEventListener("error", (e) => faults.push(e.message));</script>';
// Runs in the page: waits for the first picture, zooms into the map, opens each tab.
const visit = `(async () => {
  const ready = () => typeof drawn !== 'undefined' && (drawn.tree || faults.length);
  while (!ready() && performance.now() < 60_000) await new Promise((done) => setTimeout(done, 10));
  if (!ready() || faults.length) return { faults: faults.length ? faults : ['the page never opened'] };
  const opened = Math.round(performance.now()), seen = [];
  if (drawn.tree.children?.[0]) { drawn.enter(drawn.tree.children[0]); drawn.leave(0); }
  for (const tab of [...document.querySelectorAll('[role=tab]')]) {
    tab.click();
    seen.push([tab.textContent, Boolean(document.querySelector('main .row, main canvas, main li'))]);
  }
  const lost = typeof data.functions === 'object' ? await travel() : [];
  return { opened, faults: [...faults, ...lost], seen };

  // The address keeps tab, function and theme; Back leads through them; a search makes boxes pale.
  async function travel() {
    const lost = [], wait = () => new Promise((done) => setTimeout(done, 100));
    const settle = async (is) => { for (let n = 0; n < 100 && !is(); n++) await wait(); }; // a loaded machine takes its time
    const expect = (what, is) => is || lost.push(what + ' is lost');
    const tab = () => document.querySelector('[role=tab][aria-selected=true]').textContent;
    [...document.querySelectorAll('[role=tab]')].find((t) => t.textContent === 'Functions').click();
    document.querySelector('.body .link').click();
    expect('the function in the address', location.hash.includes('function=') && document.querySelector('.details'));
    history.back();
    await settle(() => !document.querySelector('.details'));
    expect('the way back from a function', !document.querySelector('.details') && tab() === 'Functions');
    [...document.querySelectorAll('[role=tab]')].find((t) => t.textContent === 'Map').click();
    const search = document.querySelector('input');
    search.value = 'no such name';
    search.dispatchEvent(new Event('input'));
    expect('the search in the address', readState().find === 'no such name');
    expect('what a search marks', isPale(drawn.tree.leaves()[0].data.node, true));
    setState({ find: '', tab: 'Functions', function: undefined }, false);
    history.back();
    await wait();
    return lost;
  }
})()`;

// Runs in the page: what axe finds in each tab, and in the details of a function.
const inspect = `(async () => {
  const found = new Set();
  const look = async (where) => {
    await new Promise((done) => setTimeout(done, 50));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    for (const v of violations) found.add(v.id + ' in ' + where + ': ' + v.nodes[0].html.slice(0, 100));
  };
  for (const tab of [...document.querySelectorAll('[role=tab]')]) {
    tab.click();
    await look(tab.textContent);
  }
  const link = document.querySelector('.body .link');
  if (link) { link.click(); await look('details'); }
  return [...found];
})()`;

async function violations(page, dark) {
  if (!axe) return [];
  const tab = await browser.open(page, { dark });
  await tab.evaluate('new Promise((done) => setTimeout(done, 500))');
  await tab.evaluate(axe);
  const found = await tab.evaluate(inspect);
  await tab.close();
  return found;
}

// The arrow keys lead from tab to tab.
async function stuckKeys(page) {
  const tab = await browser.open(page);
  await tab.evaluate('new Promise((done) => setTimeout(done, 500))');
  const chosen = () => tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').textContent");
  await tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()");
  const before = await chosen();
  for (const type of ['rawKeyDown', 'keyUp'])
    await tab.send('Input.dispatchKeyEvent', { type, key: 'ArrowRight', code: 'ArrowRight', windowsVirtualKeyCode: 39 });
  const after = await chosen();
  await tab.close();
  return before === after ? ['the arrow keys do not switch tabs'] : [];
}

async function check(page, leastTabs) {
  const copy = page.replace('.html', '.watched.html');
  writeFileSync(copy, readFileSync(page, 'utf8').replace('<head>', '<head>' + watch));
  const tab = await browser.open(copy);
  const { opened, faults, seen } = await tab.evaluate(visit);
  await tab.close();
  const phone = await browser.open(page, { width: 390, height: 800 });
  await phone.evaluate('new Promise((done) => setTimeout(done, 500))');
  const wide = await phone.evaluate('document.documentElement.scrollWidth');
  await phone.close();
  if (wide > 390) faults.push(`${wide} pixels wide on a screen of 390`);
  faults.push(...await violations(page, false), ...await violations(page, true), ...await stuckKeys(page));
  if (faults.length) return faults.join('; ');
  const empty = seen.filter(([, full]) => !full).map(([name]) => name);
  if (empty.length || seen.length < leastTabs) return `empty: ${empty.join(', ')}`;
  return opened > limit ? `took ${opened} ms to open` : '';
}

async function picture(page, name) {
  mkdirSync(shots, { recursive: true });
  for (const dark of [false, true]) {
    const tab = await browser.open(page, { dark });
    await tab.evaluate('new Promise((done) => setTimeout(done, 1000))');
    writeFileSync(path.resolve(shots, `${name}${dark ? '.dark' : ''}.png`), await tab.screenshot());
    await tab.close();
  }
}

function makeModule() {
  const wasm = path.join(dir, 'named.wasm');
  run('wat2wasm', ['--debug-names', path.join(HERE, '../cli/modules/named.wat'), '-o', wasm]);
  return wasm;
}

const browser = await startBrowser(chromium, path.join(dir, 'browser')).catch((error) => {
  console.log(`pages: skipped, Chromium does not run here: ${error.message}`);
  rmSync(dir, { recursive: true, force: true });
  process.exit(77);
});
let failed = 0;
for (const module of args.length ? args : [makeModule()]) {
  const name = path.basename(module, '.wasm'), small = path.join(dir, name + '.small.wasm');
  const pages = Object.fromEntries(['audit', 'diff', 'files'].map((kind) => [kind, path.join(dir, `${name}.${kind}.html`)]));
  run(WRING, ['-q', module, '-o', small, '-Oz']);
  run(WRING, ['audit', '-q', '--estimate', module, `--html=${pages.audit}`]);
  run(WRING, ['diff', '-q', module, small, `--html=${pages.diff}`]);
  run(WRING, ['audit', '-q', module, small, `--html=${pages.files}`]);
  for (const [kind, page] of Object.entries(pages)) {
    const wrong = await check(page, kind === 'files' ? 2 : 4);
    console.log(`${name} ${kind}: ${wrong || 'ok'}`);
    failed += Boolean(wrong);
    if (shots) await picture(page, `${name}.${kind}`);
  }
}
await browser.stop();
rmSync(dir, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
