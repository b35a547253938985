// Draws the page from the data in #data (made by html.c):
//   audit: parts, dataKinds, dataSymbols?, findings [[name, bytes, …]], groups and generics [[name, bytes, functions]],
//          functions and dominators as columns, imports [[name, signature, places, in loops, callers, calls?]]; with a
//          profile functions have calls, with --for compressed (and the page codec and compressedParts), without names says (a text each refers to), and callees (indices) unless there are too many; with --estimate estimate [[pass, change, what it does, compressed change?]]
//   files: files [[path, bytes, in brotli, what it is, null or a module's {groups, dataKinds, parts}]], steps and hints as in an audit
//          audits and folders: steps [{command, reason, risk, basis, bytes, brotli?}], hints [text]
//   diff:  parts, groups, dataKinds [[name, before, after]], changes [[name, before, after, package, state]]
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const number = new Intl.NumberFormat('en');
const isDiff = data.kind === 'diff', isFiles = data.kind === 'files';
const hasFunctions = !isDiff && !isFiles;

const element = (tag, parent, { text, ...rest } = {}) => {
  const made = Object.assign(document.createElement(tag), rest);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
};
const share = (part, whole) => (whole ? ((part * 100) / whole).toFixed(1) + ' %' : '');
const baseName = (path) => path.slice(path.lastIndexOf('/') + 1) || path;
const signed = (n) => (n > 0 ? '+' : n < 0 ? '−' : '') + number.format(Math.abs(n));

// --- Theme ---

const isDark = () => document.documentElement.dataset.theme === 'dark';
const setTheme = (name) => (document.documentElement.dataset.theme = name);

// --- State: what the fragment of the address says ---
//
// #tab=Map&zoom=code/regex&find=alloc&function=12&theme=dark; a bare #Functions is a tab.

function readState() {
  const text = location.hash.slice(1);
  if (text && !text.includes('=')) return { tab: decodeURIComponent(text) };
  return Object.fromEntries(new URLSearchParams(text));
}

let state = readState();

// Moves make an entry in the browser's history; what is typed does not.
function setState(changes, move) {
  state = { ...state, ...changes };
  for (const key of Object.keys(state)) if (state[key] === undefined || state[key] === '') delete state[key];
  const address = '#' + new URLSearchParams(state);
  if (move) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

setTheme(state.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));

// --- Trees for the map ---

// A package's place: Go's import paths are directories; others have one level.
const placeOf = (group) => (data.language === 'go' ? group.split('/') : [group]);

// The classes or modules inside a C++ or Rust package, from the readable name.
function scopesOf(name, group) {
  const at = name.indexOf(group + '::');
  if (at < 0 || data.language === 'go') return [];
  const rest = name.slice(at + group.length + 2), end = rest.search(/[<({ ]/);
  const parts = (end < 0 ? rest : rest.slice(0, end)).split('::');
  return parts.slice(0, Math.min(parts.length - 1, 2)).filter(Boolean);
}

// The name without its package, which stands elsewhere.
function shortName(name, group) {
  const rest = name.startsWith(group) ? name.slice(group.length) : name;
  return /^(\.|::)./.test(rest) ? rest.replace(/^(\.|::)/, '') : name;
}

// The last part of a qualified name, with its arguments.
function lastName(name) {
  const end = name.search(/[<(]/), head = end > 0 ? name.slice(0, end) : name;
  return name.slice(head.lastIndexOf('::') + 1 ? head.lastIndexOf('::') + 2 : 0);
}

function insert(root, path, leaf) {
  let at = root;
  for (const name of path) {
    let next = at.index.get(name);
    if (!next) at.index.set(name, (next = branch(name, at.children)));
    at = next;
  }
  at.children.push(leaf);
}

function branch(name, list) {
  const made = { name, children: [], index: new Map() };
  list?.push(made);
  return made;
}

// Branches with one branch in them become one; a branch with one leaf stays, and so does a file.
function compress(node) {
  while (node.children?.length === 1 && node.children[0].index && node.name !== 'code') {
    const only = node.children[0];
    node.name += (data.language === 'go' || isFiles ? '/' : '::') + only.name;
    node.children = only.children;
  }
  node.children?.forEach(compress);
  return node;
}

const leaves = (rows) => rows.map(([name, bytes]) => ({ name, bytes }));

let sizeBy = 'bytes'; // what the map's boxes show: bytes, compressed, retained or calls

function auditTree() {
  const f = data.functions, code = branch('code');
  f.name.forEach((name, i) => {
    const group = data.groups[f.group[i]][0];
    insert(code, [...placeOf(group), ...scopesOf(name, group)], { name, label: lastName(shortName(name, group)), bytes: f[sizeBy][i], retained: f.retained[i], calls: f.calls?.[i], says: f.says?.[i], func: i });
  });
  const children = [compress(code)];
  if (sizeBy === 'bytes') children.push({ name: 'data', children: leaves(data.dataKinds) }, { name: 'other sections', children: leaves(data.parts) });
  if (sizeBy === 'compressed') children.push({ name: 'other parts', children: leaves(data.compressedParts) });
  return { name: baseName(data.file), children: children.filter((c) => c.children.length) };
}

// The folder, with its slash, that all files lie in.
function commonFolder() {
  let folder = data.files[0][0];
  while (folder && !data.files.every(([path]) => path.startsWith(folder))) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder.slice(0, folder.lastIndexOf('/') + 1);
}

// Folders and files, of which modules are cut up unless the boxes show bytes in brotli.
function filesTree() {
  const folder = commonFolder(), all = branch(baseName(data.file.replace(/\/+$/, '')));
  for (const [path, bytes, brotli, what, module] of data.files) {
    const folders = path.slice(folder.length).split('/').filter(Boolean), name = folders.pop(), leaf = { name, bytes: sizeBy === 'brotli' ? brotli : bytes, what };
    if (!module || sizeBy === 'brotli') { insert(all, folders, leaf); continue; }
    const within = [['code', module.groups], ['data', module.dataKinds], ['other sections', module.parts]];
    insert(all, folders, { name, what, children: within.filter(([, rows]) => rows.length).map(([part, rows]) => ({ name: part, children: leaves(rows) })) });
  }
  all.children.forEach(compress);
  return all;
}

function diffTree() {
  const code = branch('code');
  for (const [name, before, after, group, state] of data.changes)
    insert(code, [...placeOf(group), ...scopesOf(name, group)], { name, label: lastName(shortName(name, group)), bytes: Math.max(before, after), before, after, state });
  const elsewhere = ['code', 'function declarations', 'data'];
  const boxes = (rows) => rows.map(([name, before, after]) => ({ name, bytes: Math.max(before, after), before, after }));
  const parts = boxes(data.parts.filter(([name]) => !elsewhere.includes(name)));
  const children = [compress(code), { name: 'data', children: boxes(data.dataKinds) }, { name: 'other parts', children: parts }];
  return { name: 'what changed', children: children.filter((c) => c.children.length) };
}

// --- Colours ---

const hueOf = (name) => { let h = 0; for (const c of name) h = (h * 31 + c.codePointAt(0)) % 360; return (h * 137) % 360; };
const sum = (node, field) => (node.children ? node.children.reduce((n, c) => n + sum(c, field), 0) : node.data[field] ?? 0);

const grey = (leaf) => (isDark() ? (leaf ? '#2b3037' : '#1e2329') : leaf ? '#e1e4e8' : '#f1f3f5');
const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

// Whether what is searched for is not in a box, or a profile never saw it.
function isPale(node, leaf) {
  const wanted = words(state.find ?? '');
  if (wanted.length && leaf) {
    const text = node.ancestors().map((n) => `${n.data.name} ${n.data.says ?? ''}`).join(' ').toLowerCase();
    if (!wanted.every((w) => text.includes(w))) return true;
  }
  return leaf && node.data.calls === 0;
}

function packageColor(node, leaf, depth) {
  if (isPale(node, leaf)) return grey(leaf);
  const path = node.ancestors().reverse();
  const named = isFiles ? (path.find((n) => n.data.what) ?? path[0]) : (path[2] ?? path[1] ?? path[0]);
  const tone = isDark() ? (leaf ? 34 : 22) : leaf ? 78 : 90;
  return path.length < 2 || (isFiles && !named.data.what) ? (isDark() ? '#1e2329' : '#eef0f3') : `hsl(${hueOf(named.data.name)} ${isFiles || path[1].data.name === 'code' ? 45 : 12}% ${tone - (leaf ? (node.depth % 2) * 3 : 0)}%)`;
}

// Orange for growth, green for less, by how much of the box it is.
function growthColor(node, leaf) {
  if (isPale(node, leaf)) return grey(leaf);
  if (!leaf) return isDark() ? '#1e2329' : '#eef0f3';
  const before = sum(node, 'before'), after = sum(node, 'after');
  const change = (after - before) / Math.max(before, after, 1), strong = Math.min(Math.abs(change) * 1.5 + (change ? 0.15 : 0), 1);
  const tone = isDark() ? 24 + strong * 14 : 90 - strong * 32;
  return `hsl(${change > 0 ? 22 : 155} ${strong * 70}% ${tone}%)`;
}

function mapTip(node, root) {
  const { retained, state, says } = node.data, name = says ? `${node.data.name}: “${says}”` : node.data.name;
  if (isDiff) {
    const before = sum(node, 'before'), after = sum(node, 'after');
    return { name, size: `${number.format(before)} → ${number.format(after)} bytes (${signed(after - before)})`, more: state };
  }
  const { what } = node.data;
  return { name, size: `${number.format(node.value)} ${sizeBy === 'calls' ? 'calls' : 'bytes'}, ${share(node.value, root.value)}`, more: what ?? (retained > node.value ? `${number.format(retained)} with what only it needs` : '') };
}

// --- Tables ---

const ROW = 26;

// columns: {title, kind: 'n' | 't' | 'g', value(row), text?(row), bar?}; only the rows in sight exist as elements.
function table(place, rows, columns, sortBy, open) {
  const tools = element('div', place, { className: 'tools' });
  const search = element('input', tools, { type: 'search', placeholder: 'Search', ariaLabel: 'Search', value: state.find ?? '' });
  const count = element('span', tools, { role: 'status' });
  const grid = element('div', place, { className: 'grid', tabIndex: 0, role: 'table', ariaLabel: state.tab ?? 'Table', ariaRowCount: rows.length + 1 });
  const head = element('div', element('div', grid, { role: 'rowgroup', className: 'top' }), { className: 'row head', role: 'row' });
  const body = element('div', grid, { className: 'body', role: 'rowgroup' });
  const sortKey = (c, r) => (c.signed ? Math.abs(c.value(r)) : c.value(r));
  let column = columns[sortBy], down = column.kind === 'n', shown = rows;
  const most = columns.map((c) => (c.bar ? rows.reduce((m, r) => Math.max(m, Math.abs(c.value(r))), 1) : 0));

  const draw = () => {
    const from = Math.max(0, Math.floor(grid.scrollTop / ROW) - 5), to = Math.min(shown.length, from + Math.ceil(grid.clientHeight / ROW) + 12);
    body.style.height = shown.length * ROW + 'px';
    body.replaceChildren(...shown.slice(from, to).map((row, i) => {
      const line = element('div', null, { className: 'row', role: 'row', ariaRowIndex: from + i + 2 });
      line.style.top = (from + i) * ROW + 'px';
      columns.forEach((c, k) => {
        const value = c.value(row), text = c.text ? c.text(row) : c.kind === 'n' ? number.format(value) : value;
        const link = open && c.kind === 't';
        const cell = element('span', line, { role: 'cell', className: c.kind + (c.bar ? ' bar' : '') + (c.signed ? (value > 0 ? ' up' : ' down') : ''), text: link ? undefined : text, title: c.kind === 'n' ? '' : value });
        if (link) element('button', cell, { className: 'link', text }).addEventListener('click', () => open(row));
        if (c.bar) cell.style.setProperty('--w', (Math.abs(value) * 100) / most[k] + '%');
      });
      return line;
    }));
  };
  const order = () => {
    const way = down ? -1 : 1, wanted = words(search.value), texts = columns.filter((c) => c.kind !== 'n');
    shown = rows.filter((r) => wanted.every((w) => texts.some((c) => String(c.value(r)).toLowerCase().includes(w))));
    shown.sort((a, b) => { const x = sortKey(column, a), y = sortKey(column, b); return (x < y ? -1 : x > y ? 1 : 0) * way; });
    count.textContent = shown.length === rows.length ? `${number.format(rows.length)} rows` : `${number.format(shown.length)} of ${number.format(rows.length)} rows`;
    head.replaceChildren(...columns.map((c) => {
      const cell = element('span', null, { className: c.kind, role: 'columnheader', ariaSort: c === column ? (down ? 'descending' : 'ascending') : 'none' });
      const button = element('button', cell, { text: c.title + (c === column ? (down ? ' ↓' : ' ↑') : '') });
      button.addEventListener('click', () => { down = c === column ? !down : c.kind === 'n'; column = c; order(); head.children[columns.indexOf(c)].firstChild.focus(); });
      return cell;
    }));
    grid.scrollTop = 0;
    draw();
  };
  search.addEventListener('input', () => { setState({ find: search.value }); order(); });
  grid.addEventListener('scroll', draw);
  new ResizeObserver(draw).observe(grid);
  order();
}

const column = (title, kind, at, more) => ({ title, kind, value: (row) => row[at], ...more });

// --- The dominator tree ---

function dominatorTree(place) {
  const d = data.dominators, children = d.name.map(() => []), open = new Set(), whole = data.bytes;
  const roots = [];
  d.parent.forEach((up, i) => (up < 0 ? roots : children[up]).push(i));
  element('div', place, { className: 'note', text: 'What goes if this goes: each entry holds what is needed only through it. Data is an estimate, from the addresses that code and data name.' });
  const grid = element('div', place, { className: 'grid', tabIndex: 0 });
  const head = element('div', grid, { className: 'row head' });
  for (const [text, kind] of [['retained', 'n'], ['of the file', 'n'], ['own bytes', 'n'], ['~ data', 'n'], ['what', 't']]) element('span', head, { text, className: kind });
  const body = element('div', grid, { className: 'body' });
  let lines = [];
  const list = (nodes, depth) => nodes.forEach((i) => { lines.push([i, depth]); if (open.has(i)) list(children[i], depth + 1); });
  const first = (nodes) => nodes.reduce((best, i) => (!open.has(i) && children[i].length && (best < 0 || d.retained[i] > d.retained[best]) ? i : best), -1);
  // What retains most is open from the start, as far as it fits.
  for (let shown = roots.slice(), i; shown.length < 20 && (i = first(shown)) >= 0; ) { open.add(i); shown = shown.concat(children[i]); }
  const toggle = (i) => { open.has(i) ? open.delete(i) : open.add(i); lines = []; list(roots, 0); draw(); };
  const draw = () => {
    const from = Math.max(0, Math.floor(grid.scrollTop / ROW) - 5), to = Math.min(lines.length, from + Math.ceil(grid.clientHeight / ROW) + 12);
    body.style.height = lines.length * ROW + 'px';
    body.replaceChildren(...lines.slice(from, to).map(([i, depth], k) => {
      const line = element('div', null, { className: 'row' }), total = d.retained[i] + d.data[i];
      line.style.top = (from + k) * ROW + 'px';
      element('span', line, { className: 'n bar', text: number.format(total) }).style.setProperty('--w', (total * 100) / whole + '%');
      for (const text of [share(total, whole), number.format(d.bytes[i]), number.format(d.data[i])]) element('span', line, { className: 'n', text });
      const cell = element('span', line, { className: 't', title: d.name[i] });
      cell.style.paddingLeft = 10 + depth * 18 + 'px';
      const twist = element(children[i].length ? 'button' : 'span', cell, { className: 'twist', text: children[i].length ? (open.has(i) ? '▾' : '▸') : '' });
      if (children[i].length) { twist.setAttribute('aria-expanded', open.has(i)); twist.addEventListener('click', () => toggle(i)); }
      cell.append(d.name[i]);
      return line;
    }));
  };
  grid.addEventListener('scroll', draw);
  new ResizeObserver(draw).observe(grid);
  list(roots, 0);
  draw();
}

// --- Views ---

// A search that greys what doesn't match, what the boxes show, and the map.
function map(place) {
  const tools = element('div', place, { className: 'tools' });
  const search = element('input', tools, { type: 'search', placeholder: 'Search', ariaLabel: 'Search', value: state.find ?? '' });
  search.addEventListener('input', () => { setState({ find: search.value }); drawn.draw(); });
  const sizes = [['bytes', 'bytes'], ['compressed', `bytes in ${data.codec}`], ['retained', 'bytes with what only it needs'], ['calls', 'calls']].filter(([key]) => hasFunctions && data.functions[key]);
  if (isFiles) sizes.push(['bytes', 'bytes'], ['brotli', 'bytes in brotli']);
  if (sizes.length > 1) {
    const choice = element('select', element('label', tools, { text: 'Boxes: ' }));
    for (const [value, text] of sizes) element('option', choice, { value, text });
    choice.value = sizeBy;
    choice.addEventListener('change', () => setState({ size: choice.value, zoom: undefined }, true) ?? apply());
  }
  const color = isDiff ? growthColor : packageColor;
  Object.defineProperty(color, 'ink', { get: () => (isDark() ? '#eef1f4' : '#16191d'), configurable: true });
  drawn = new Treemap(place, isDiff ? diffTree() : isFiles ? filesTree() : auditTree(), {
    color, tip: mapTip,
    moved: (names) => setState({ zoom: names.join('\n') }, true),
    leaf: (leaf) => leaf.func !== undefined && select(leaf.func),
  });
  drawn.go((state.zoom ?? '').split('\n').filter(Boolean));
}

// --- What to do ---

const known = { measured: 'measured', counted: 'counted', graph: 'from the reference graph' };

function steps(place) {
  element('div', place, { className: 'note', text: 'Bytes saved by each alone; brotli at its fast quality 5.' });
  const list = element('ol', element('div', place, { className: 'grid steps', tabIndex: 0 }));
  for (const { command, reason, risk, basis, bytes, brotli } of data.steps) {
    const item = element('li', list);
    element('code', item, { text: command });
    element('b', item, { text: `${basis === 'measured' ? '' : 'at least '}${number.format(bytes)} bytes (${share(bytes, data.bytes)})${brotli ? `, ${number.format(brotli)} in brotli` : ''}` });
    item.append(`; ${known[basis]}. ${reason}; risk: ${risk}`);
  }
  if (!data.hints.length) return;
  const hints = element('ul', list.parentNode);
  for (const text of data.hints) element('li', hints, { text });
}

// --- One function ---

const callersOf = (i) => data.functions.callees.flatMap((list, from) => (list.includes(i) ? [from] : []));
const select = (i) => { setState({ function: i === undefined ? undefined : String(i) }, true); apply(); };

function link(place, i) {
  const f = data.functions, item = element('li', place);
  element('button', item, { className: 'link', text: f.name[i] }).addEventListener('click', () => select(i));
  item.append(` ${number.format(f.bytes[i])}`);
}

function section(place, title, list) {
  element('h3', place, { text: `${title} (${number.format(list.length)})` });
  const items = element('ul', place);
  [...list].sort((a, b) => data.functions.bytes[b] - data.functions.bytes[a]).slice(0, 200).forEach((i) => link(items, i));
}

// What keeps it: the chain of those that it would go with, from the dominator tree.
function keepers(name) {
  const d = data.dominators, chain = [];
  for (let at = d.name.indexOf(name), up = at; at >= 0 && (up = d.parent[up]) >= 0; ) chain.push(d.name[up]);
  return chain;
}

function details(place, i) {
  const f = data.functions, name = f.name[i], panel = element('aside', place, { className: 'details', ariaLabel: 'One function' });
  const close = element('button', panel, { className: 'close', text: '✕', ariaLabel: 'Close' });
  close.addEventListener('click', () => select(undefined));
  element('h2', panel, { text: name });
  const facts = [['package', data.groups[f.group[i]][0]], ['bytes', number.format(f.bytes[i])], ['with what only it needs', number.format(f.retained[i])],
    ['data, about', number.format(f.data[i])], ['instructions', number.format(f.instructions[i])], ['index', f.first + i]];
  if (f.says?.[i]) facts.unshift(['says', `“${f.says[i]}”`]);
  if (f.compressed) facts.push([`in ${data.codec}`, number.format(f.compressed[i])]);
  if (f.calls) facts.push(['calls', number.format(f.calls[i])]);
  const list = element('dl', panel);
  for (const [what, value] of facts) { element('dt', list, { text: what }); element('dd', list, { text: value }); }
  const chain = keepers(name);
  if (chain.length) element('p', panel, { text: 'It goes if one of these goes: ' + chain.join(' ← ') });
  for (const word of ['why', 'retained', 'calls']) element('code', panel, { text: `wring audit ${word} '${name}' ${baseName(data.file)}` });
  if (f.callees) { section(panel, 'Callers', callersOf(i)); section(panel, 'Callees', f.callees[i]); }
}

const withBytes = [column('bytes', 'n', 1, { bar: true }), { title: isFiles ? 'of all' : 'of the file', kind: 'n', value: (r) => r[1], text: (r) => share(r[1], data.bytes) }];
const packed = (at) => (data.functions?.compressed ? [column(`in ${data.codec}`, 'n', at)] : []);
const called = (at) => (data.functions?.calls ? [column('calls', 'n', at)] : []);
const delta = { title: 'change', kind: 'n', value: (r) => r[2] - r[1], text: (r) => signed(r[2] - r[1]), bar: true, signed: true };
const changes = [delta, column('before', 'n', 1), column('after', 'n', 2)];
const byChange = (rows) => [...rows].sort((a, b) => Math.abs(b[2] - b[1]) - Math.abs(a[2] - a[1]));

const views = isDiff
  ? {
      Map: map,
      Functions: (place) => table(place, byChange(data.changes), [...changes, column('what', 'n', 4, { text: (r) => r[4] }), column('function', 't', 0, { text: (r) => shortName(r[0], r[3]) }), column('package', 'g', 3)], 0),
      Packages: (place) => table(place, data.groups, [...changes, column('package', 't', 0)], 0),
      Data: (place) => table(place, data.dataKinds, [...changes, column('kind', 't', 0)], 0),
      Parts: (place) => table(place, data.parts, [...changes, column('part', 't', 0)], 0),
    }
  : isFiles
  ? {
      Map: map,
      Files: (place) => table(place, data.files, [...withBytes, column('in brotli', 'n', 2), column('file', 't', 0, { text: (r) => r[0].slice(commonFolder().length) }), column('what', 'g', 3)], 0),
      'Do these': steps,
    }
  : {
      Map: map,
      'Do these': steps,
      Functions: (place) => {
        const f = data.functions, rows = f.name.map((name, i) => [name, f.bytes[i], f.retained[i], f.data[i], data.groups[f.group[i]][0], f.first + i, f.instructions[i], f.calls?.[i], f.compressed?.[i], f.says?.[i]]);
        table(place, rows, [...withBytes, column('retained', 'n', 2), column('~ data', 'n', 3), column('instructions', 'n', 6), ...packed(8), ...called(7), column('index', 'n', 5), column('function', 't', 0, { text: (r) => shortName(r[0], r[4]) + (r[9] ? `: “${r[9]}”` : '') }), column('package', 'g', 4)], 0, (r) => select(r[5] - f.first));
      },
      Packages: (place) => table(place, data.groups, [...withBytes, column('functions', 'n', 2), column('package', 't', 0)], 0),
      Generics: (place) => table(place, data.generics, [...withBytes, column('instances', 'n', 2), column('generic', 't', 0)], 0),
      Data: (place) => table(place, [...data.dataKinds], [...withBytes, column('kind of data, by what it looks like', 't', 0)], 0),
      'Data symbols': (place) => table(place, data.dataSymbols, [...withBytes, column('symbol', 't', 0)], 0),
      'What goes with it': dominatorTree,
      Imports: (place) => table(place, data.imports, [...called(5), column('in loops', 'n', 3), column('places', 'n', 2), column('callers', 'n', 4), column('import', 't', 0), column('signature', 'g', 1)], 0),
      'What could go': (place) => table(place, data.findings, [...withBytes, column('count', 'n', 2), column('what (rows may overlap)', 't', 0)], 0),
      'What -Oz would do': (place) => {
        const packed = data.estimate[0]?.length > 3 ? [{ title: 'compressed', kind: 'n', value: (r) => -r[3], text: (r) => signed(r[3]) }] : [];
        const change = { title: 'bytes', kind: 'n', value: (r) => -r[1], text: (r) => signed(r[1]), bar: true };
        table(place, data.estimate, [change, { title: 'of the file', kind: 'n', value: (r) => -r[1], text: (r) => share(-r[1], data.bytes) }, ...packed, { title: 'pass, each after those before it', kind: 't', value: (r) => `${r[0]}: ${r[2]}` }], 0);
      },
    };

let drawn = null; // the treemap in sight

function show(name) {
  document.querySelectorAll('.tip').forEach((tip) => tip.remove());
  drawn = null;
  for (const tab of tabs.children) {
    const here = tab.textContent === name;
    tab.setAttribute('aria-selected', here);
    tab.tabIndex = here ? 0 : -1;
  }
  panel.replaceChildren();
  panel.setAttribute('aria-label', name);
  views[name](panel);
}

// Shows what the state says.
function apply() {
  setTheme(state.theme ?? document.documentElement.dataset.theme);
  sizeBy = isFiles ? (state.size === 'brotli' ? 'brotli' : 'bytes') : !isDiff && data.functions[state.size] ? state.size : 'bytes';
  show(views[state.tab] ? state.tab : 'Map');
  document.querySelector('.details')?.remove();
  if (hasFunctions && data.functions.name[state.function] !== undefined) details(main, Number(state.function));
}

const header = element('header', document.body);
const files = isDiff ? [data.fileBefore, data.file] : [data.file];
element('h1', header, { text: files.map(baseName).join(' → '), title: files.join(' → ') });
element('p', header, {
  text: isDiff
    ? `${number.format(data.before)} → ${number.format(data.bytes)} bytes (${signed(data.bytes - data.before)}); ${number.format(data.same)} functions are as before`
    : isFiles ? `${number.format(data.files.length)} files, ${number.format(data.bytes)} bytes, ${number.format(data.brotli)} in brotli (at its fast quality 5)`
    : `${number.format(data.bytes)} bytes, ${number.format(data.functions.name.length)} functions, ${data.names ? 'names from ' + data.names : 'no names'}`,
});
const nav = element('div', header, { className: 'nav' });
const tabs = element('div', nav, { className: 'tabs', role: 'tablist', ariaLabel: 'Views' });
for (const name of Object.keys(views)) {
  if ((name === 'Do these' && !data.steps.length && !data.hints.length) || (name === 'Generics' && !data.generics.length) || (name === 'Data' && !data.dataKinds.length) || (name === 'Data symbols' && !data.dataSymbols) || (name === 'What -Oz would do' && !data.estimate)) continue;
  element('button', tabs, { text: name, role: 'tab' }).addEventListener('click', () => { setState({ tab: name, zoom: undefined }, true); apply(); });
}
tabs.addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = [...tabs.children].indexOf(document.activeElement);
  if (!step || at < 0) return;
  const next = tabs.children[(at + step + tabs.children.length) % tabs.children.length];
  next.click();
  next.focus();
});
element('button', nav, { text: '◐', className: 'theme', title: 'Dark or light', ariaLabel: 'Dark or light' }).addEventListener('click', () => {
  setTheme(isDark() ? 'light' : 'dark');
  setState({ theme: document.documentElement.dataset.theme });
  drawn?.draw();
});
const main = element('main', document.body);
const panel = element('div', main, { className: 'panel', role: 'tabpanel' });
const restore = () => { state = readState(); apply(); };
addEventListener('popstate', restore);
apply();
