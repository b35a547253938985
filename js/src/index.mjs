// The API: each function runs one command of the program on bytes and gives its result. See index.d.ts for the types.
import { call } from './call.mjs';

const KINDS = ['ok', 'usage', 'bad-input', 'io', 'internal', 'limit', 'different', 'over-budget'];

// What the program says when it fails, with its exit status.
export class WringError extends Error {
  constructor(status, text) {
    super(text.trim().replace(/^wring: (in\.wasm: )?/, '') || `wring failed with status ${status}`);
    this.name = 'WringError';
    this.status = status;
    this.kind = KINDS[status] ?? 'internal';
  }
}

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

// Options of the program from an object: { level: 'z', for: 'brotli', keepExports: ['run'] } is -Oz --for=brotli
// --keep-exports=run. Names are those of the command line in camel case.
export function toArguments({ level, ...options } = {}) {
  const args = level === undefined ? [] : [`-O${level}`];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    args.push(value === true ? `--${dashed(name)}` : `--${dashed(name)}=${Array.isArray(value) ? value.join(',') : value}`);
  }
  return args;
}

const asBytes = (source) => {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  throw new TypeError('wring wants the bytes of a module: a Uint8Array or an ArrayBuffer');
};

// What concerns the call, apart from the program's options.
function split({ signal, onProgress, worker, ...options } = {}) {
  return { control: { signal, worker, progress: onProgress }, options };
}

async function checked(request, allowed = [0]) {
  const result = await call(request);
  if (!allowed.includes(result.status)) throw new WringError(result.status, result.err);
  return result;
}

// A command that answers with JSON on standard output. Those have no progress to tell.
async function ask(command, files, given, allowed) {
  const { control, options } = split(given);
  const { questions = [], ...rest } = options;
  const args = [command, ...questions, ...Object.keys(files), '--json', ...toArguments(rest)];
  const { out } = await checked({ args, files, ...control, progress: undefined }, allowed);
  return JSON.parse(out);
}

export async function optimize(source, given) {
  const { control, options } = split(given);
  const { written, err } = await checked({
    args: ['opt', 'in.wasm', '-o', 'out.wasm', '--quiet', ...toArguments(options)],
    files: { 'in.wasm': asBytes(source) },
    outputs: ['out.wasm'],
    ...control,
  });
  if (!written['out.wasm']) throw new WringError(4, err || 'no output was written');
  return written['out.wasm'];
}

// The module, a symbol file for symbolicate(), and a source map where the input comes with one.
export async function optimizeWithSymbols(source, { sourceMap, ...given } = {}) {
  const { control, options } = split(given);
  const files = { 'in.wasm': asBytes(source) };
  const args = ['opt', 'in.wasm', '-o', 'out.wasm', '--quiet', '--symbols-out=out.wsym'];
  if (sourceMap !== undefined) {
    files['in.map'] = typeof sourceMap === 'string' ? new TextEncoder().encode(sourceMap) : asBytes(sourceMap);
    args.push('--source-map=in.map', '--source-map-out=out.map');
  }
  const { written } = await checked({ args: [...args, ...toArguments(options)], files, outputs: ['out.wasm', 'out.wsym', 'out.map'], ...control });
  return { module: written['out.wasm'], symbols: written['out.wsym'], sourceMap: written['out.map'] && new TextDecoder().decode(written['out.map']) };
}

// A stack trace of a shipped module with names and source lines: as text, or, with { json: true }, as an object.
export async function symbolicate(symbols, trace, { json = false, ...given } = {}) {
  const { control, options } = split(given);
  const files = { 'app.wsym': asBytes(symbols), 'trace.txt': new TextEncoder().encode(trace) };
  const args = ['symbolicate', 'app.wsym', 'trace.txt', ...(json ? ['--json'] : []), ...toArguments(options)];
  const { out } = await checked({ args, files, ...control, progress: undefined });
  return json ? JSON.parse(out) : out;
}

export const audit = (source, options) => ask('audit', { 'in.wasm': asBytes(source) }, options);

export const diff = (before, after, options) =>
  ask('diff', { 'before.wasm': asBytes(before), 'after.wasm': asBytes(after) }, options);

export const compare = (source, options) =>
  ask('compare', { 'in.wasm': asBytes(source) }, { variants: ['wring-O3', 'wring-Os', 'wring-Oz'], noRun: true, ...options });

// The page of `wring audit --html`, as a string.
export async function auditPage(source, given) {
  const { control, options } = split(given);
  const { out } = await checked({
    args: ['audit', 'in.wasm', '--html', ...toArguments(options)], files: { 'in.wasm': asBytes(source) }, ...control,
    progress: undefined,
  });
  return out;
}

// Any command: its words, files by name, and the names of the outputs that are wanted back.
export const run = (args, { files = {}, outputs = [], signal, worker } = {}) =>
  call({ args, files, outputs, signal, worker });
