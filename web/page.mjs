// The page: takes a file, shows what fills it, and shrinks it at each level, one after another, each call in a worker.
// Serves itself offline once it was opened (offline.mjs).
import { audit, auditPage, compare, optimize, run } from './wring/src/index.mjs';

const LEVELS = [
  { name: '-O1', about: 'dead parts dropped', options: { level: 1 } },
  { name: '-O3', about: 'speed first', options: { level: 3 } },
  { name: '-Os', about: 'no loss in loops', options: { level: 's' } },
  { name: '-Oz', about: 'smallest file', options: { level: 'z' } },
];
const ROWS = 8; // of each table of the audit

const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat('en-US');

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// --- The levels ---

const change = (size, before) => {
  const percent = (size / before - 1) * 100;
  return element('small', { className: size < before ? '' : 'more' }, `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`);
};

function showSizes(row, sizes, before) {
  for (const [i, codec] of ['raw', 'gzip', 'brotli'].entries()) {
    if (sizes[codec] === undefined) continue;
    row.cells[i + 1].replaceChildren(number.format(sizes[codec]));
    if (before?.[codec]) row.cells[i + 1].append(change(sizes[codec], before[codec]));
  }
}

function addRow(name, about) {
  const row = $('levels').tBodies[0].insertRow();
  for (let i = 0; i < 6; i++) row.insertCell();
  row.cells[0].append(name, element('small', { className: 'more' }, about));
  return row;
}

const sizesOf = async (bytes, signal) => (await compare(bytes, { variants: '', signal })).variants[0].bytes;

function offer(row, bytes, name) {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }));
  row.cells[5].replaceChildren(element('a', { className: 'button', href: url, download: name }, 'download'));
}

async function shrink(row, level, job, before) {
  const bar = element('progress', { max: 1, value: 0 });
  row.cells[5].replaceChildren(bar);
  const start = performance.now();
  const small = await optimize(job.bytes, {
    ...level.options, signal: job.signal, onProgress: (stage, fraction) => { bar.value = fraction; bar.title = stage; },
  });
  row.cells[4].textContent = ((performance.now() - start) / 1000).toFixed(1);
  showSizes(row, { raw: small.length }, before);
  offer(row, small, job.name.replace(/(\.wasm)?$/, `${level.name}.wasm`));
  showSizes(row, await sizesOf(small, job.signal), before);
}

async function shrinkAll(job) {
  const first = addRow('input', 'as it is');
  const rows = LEVELS.map(({ name, about }) => addRow(name, about));
  showSizes(first, { raw: job.bytes.length });
  const before = await sizesOf(job.bytes, job.signal);
  showSizes(first, before);
  for (const [i, level] of LEVELS.entries()) await shrink(rows[i], level, job, before);
}

// --- The audit ---

function table(title, entries, whole) {
  const body = element('tbody');
  const largest = entries.filter(({ bytes }) => bytes).sort((a, b) => b.bytes - a.bytes);
  for (const { name, bytes } of largest.slice(0, ROWS)) {
    const label = element('td', { title: name }, name);
    label.style.setProperty('--share', `${((bytes / whole) * 100).toFixed(2)}%`);
    body.append(element('tr', {}, label, element('td', {}, number.format(bytes))));
  }
  return element('table', {}, element('caption', {}, title), body);
}

function showAudit(report) {
  const whole = report.bytes;
  const tables = [table('Parts of the file', report.parts.map(({ part, bytes }) => ({ name: part, bytes })), whole)];
  tables.push(table('Code, by where it comes from', report.groups, whole));
  tables.push(table('Biggest functions', report.functions, whole));
  const kinds = Object.entries(report.data_kinds).map(([kind, bytes]) => ({ name: kind.replaceAll('_', ' '), bytes }));
  tables.push(table('Data, by what it looks like', kinds, whole));
  tables.push(table('What could go', report.removable.map(({ what, bytes }) => ({ name: what.replaceAll('_', ' '), bytes })), whole));
  $('audit').replaceChildren(...tables.filter((made) => made.tBodies[0].rows.length));
}

async function openFull(job) {
  const button = $('full');
  button.disabled = true;
  button.textContent = 'making the page …';
  try {
    const html = await auditPage(job.bytes, { signal: job.signal });
    const link = element('a', { href: URL.createObjectURL(new Blob([html], { type: 'text/html' })), target: '_blank', rel: 'noopener' });
    link.click();
  } finally {
    button.disabled = false;
    button.textContent = 'Open the whole audit';
  }
}

// --- The file ---

let current; // { bytes, name, signal, controller }

function fail(error) {
  if (error.name === 'AbortError') return;
  $('error').textContent = error.message;
  $('error').hidden = false;
}

async function take(file) {
  current?.controller.abort();
  const controller = new AbortController();
  const job = { name: file.name, controller, signal: controller.signal, bytes: new Uint8Array(await file.arrayBuffer()) };
  current = job;
  $('error').hidden = true;
  $('levels').tBodies[0].replaceChildren();
  $('audit').replaceChildren(element('p', { className: 'note' }, 'reading …'));
  $('full').disabled = true;
  $('stop').disabled = false;
  $('name').textContent = job.name;
  $('size').textContent = `${number.format(job.bytes.length)} bytes`;
  $('result').hidden = false;
  try {
    showAudit(await audit(job.bytes, { signal: job.signal }));
    $('full').disabled = false;
    await shrinkAll(job);
    document.body.dataset.done = 'yes';
  } catch (error) {
    if (current === job) fail(error);
    if (error.kind === 'bad-input') $('result').hidden = true;
  } finally {
    if (current === job) $('stop').disabled = true;
  }
}

$('file').addEventListener('change', ({ target }) => target.files[0] && take(target.files[0]).catch(fail));
$('full').addEventListener('click', () => openFull(current).catch(fail));
$('stop').addEventListener('click', () => current.controller.abort());
addEventListener('dragover', (event) => {
  event.preventDefault();
  $('drop').classList.add('over');
});
addEventListener('dragleave', () => $('drop').classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  $('drop').classList.remove('over');
  const [file] = event.dataTransfer.files;
  if (file) take(file).catch(fail);
});

run(['--version']).then(({ out }) => { $('version').textContent = out.replace(/^wring /, ''); }, fail);
if ('serviceWorker' in navigator) navigator.serviceWorker.register('offline.mjs', { type: 'module' }).catch(() => {});
