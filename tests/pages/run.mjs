// Pages in a browser: run [--shots DIR] [MODULE.wasm…]. Makes the audit page of each module (default: one made of
// tests/cli/modules/named.wat) and the diff page of each with its shrunk form, opens them from the disk in Chromium, goes
// through all tabs, zooms into the map, and fails on any script error, on an empty view, or on more than two seconds to
// the first picture. --shots keeps pictures, light and dark, to look at.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WRING } from '../lib/wring.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const shots = args[0] === '--shots' ? args.splice(0, 2)[1] : null;
const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);
if (!chromium) {
  console.log('pages: skipped, no Chromium is installed');
  process.exit(0);
}
const dir = mkdtempSync(path.join(tmpdir(), 'wring-pages-'));

function run(command, words) {
  const r = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 120_000 });
  if (r.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

const browse = (file, ...flags) => run(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1280,800', ...flags, pathToFileURL(file).href]);

// Goes in before the page's scripts, so that it hears of their errors.
const watch = '<script>const faults = []; addEventListener("error", (e) => faults.push(e.message));</script>';
// Goes in after them.
const visit = `<script>
  const report = (opened, seen) => (document.body.innerHTML = '<pre>' + JSON.stringify({ opened, faults, seen }) + '</pre>');
  function visit() {
    if (!drawn.tree) return void setTimeout(visit, 20);
    const opened = Math.round(performance.now()), seen = [];
    try {
      if (drawn.tree.children?.[0]) { drawn.enter(drawn.tree.children[0]); drawn.leave(0); }
      for (const tab of [...document.querySelectorAll('[role=tab]')]) {
        tab.click();
        seen.push([tab.textContent, Boolean(document.querySelector('main .row, main canvas'))]);
      }
    } catch (error) { faults.push(String(error)); }
    report(opened, seen);
  }
  addEventListener('load', () => setTimeout(visit));
</script>`;

function check(page) {
  const copy = page.replace('.html', '.watched.html');
  writeFileSync(copy, readFileSync(page, 'utf8').replace('<head>', '<head>' + watch).replace('</body>', visit + '</body>'));
  const said = browse(copy, '--timeout=5000', '--dump-dom').match(/<pre>(\{.*\})<\/pre>/);
  if (!said) return 'the page never opened';
  const { opened, faults, seen } = JSON.parse(said[1].replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
  if (faults.length) return faults.join('; ');
  const empty = seen.filter(([, full]) => !full).map(([name]) => name);
  if (empty.length || seen.length < 4) return `empty: ${empty.join(', ')}`;
  return opened > 2000 ? `took ${opened} ms to open` : '';
}

function picture(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  browse(page, '--virtual-time-budget=3000', `--screenshot=${path.resolve(shots, name + '.png')}`);
  browse(page, '--virtual-time-budget=3000', '--blink-settings=preferredColorScheme=0', `--screenshot=${path.resolve(shots, name + '.dark.png')}`);
}

function makeModule() {
  const wasm = path.join(dir, 'named.wasm');
  run('wat2wasm', ['--debug-names', path.join(HERE, '../cli/modules/named.wat'), '-o', wasm]);
  return wasm;
}

let failed = 0;
for (const module of args.length ? args : [makeModule()]) {
  const name = path.basename(module, '.wasm'), small = path.join(dir, name + '.small.wasm');
  const pages = { audit: path.join(dir, name + '.audit.html'), diff: path.join(dir, name + '.diff.html') };
  run(WRING, ['-q', module, '-o', small, '-Oz']);
  run(WRING, ['audit', '-q', module, `--html=${pages.audit}`]);
  run(WRING, ['diff', '-q', module, small, `--html=${pages.diff}`]);
  for (const [kind, page] of Object.entries(pages)) {
    const wrong = check(page);
    console.log(`${name} ${kind}: ${wrong || 'ok'}`);
    failed += Boolean(wrong);
    picture(page, `${name}.${kind}`);
  }
}
rmSync(dir, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
