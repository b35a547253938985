/** wring: shrinks WebAssembly modules, and says what fills them. Everything runs in this process, in a worker. */

export type Bytes = Uint8Array | ArrayBuffer | ArrayBufferView;
export type Level = 0 | 1 | 2 | 3 | 's' | 'z';
export type Codec = 'raw' | 'gzip' | 'brotli' | 'zstd';

export interface CallOptions {
  /** Ends the call at once; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** false: in this thread instead of a worker. Such a call can't be aborted by a signal, only by onProgress. */
  worker?: boolean;
}

/** A call of a command that has threads. */
export interface JobOptions extends CallOptions {
  /** How many, which changes no output; the default: one for each processor, at most 8. */
  jobs?: number;
}

export interface OptimizeOptions extends JobOptions {
  /** Default: 's', size without loss in loops. 'z' is the smallest file. */
  level?: Level;
  /** Which bytes count: those of the file (the default), or those sent once it is compressed. */
  for?: Codec;
  /** Called as the job goes on: the pass, and how far the whole is, 0 to 1. In this thread, false cancels. */
  onProgress?: (stage: string, fraction: number) => void | boolean;
  /** Keep the name section, renumbered. */
  debugNames?: boolean;
  /** The host uses only these exports; a trailing * matches any rest. */
  keepExports?: string | string[];
  removeExports?: string | string[];
  keepImports?: boolean;
  /** Custom sections to drop also, or "all". */
  strip?: string | string[];
  keepSection?: string | string[];
  /** Features of WebAssembly that the output may use although the input doesn't, as "multivalue". */
  allow?: string | string[];
  zeroFilledMemory?: boolean;
  goLean?: boolean | string;
  passes?: string | string[];
  skipPass?: string | string[];
  /** "512M" or bytes. */
  memoryLimit?: string | number;
  /** Seconds. */
  timeLimit?: number;
  /** Any other option of `wring opt`, its name in camel case. */
  [option: string]: unknown;
}

export interface ReportOptions extends JobOptions {
  for?: Codec;
  top?: number;
  keepExports?: string | string[];
  estimate?: boolean;
  [option: string]: unknown;
}

export interface AuditOptions extends ReportOptions {
  /** A question, as ["why", "malloc"]; see `wring help audit`. */
  questions?: string[];
}

export interface CompareOptions extends JobOptions {
  /** As ["wring-O3", "wring-Oz"]; the default: O3, Os and Oz. */
  variants?: string | string[];
  [option: string]: unknown;
}

export interface Sizes {
  raw: number;
  gzip: number;
  brotli: number;
  zstd: number;
}

export class WringError extends Error {
  /** The program's exit status. */
  status: number;
  kind: 'usage' | 'bad-input' | 'io' | 'internal' | 'limit' | 'different' | 'over-budget';
}

/** A smaller module that behaves the same; never larger than the input. */
export function optimize(module: Bytes, options?: OptimizeOptions): Promise<Uint8Array>;

/** The module, a symbol file for symbolicate(), and, if the input's source map is given, one of the output. */
export function optimizeWithSymbols(
  module: Bytes,
  options?: OptimizeOptions & { sourceMap?: string | Bytes },
): Promise<{ module: Uint8Array; symbols: Uint8Array; sourceMap?: string }>;

export interface Frame {
  function: string;
  file: string | null;
  line: number | null;
  column: number | null;
  inlined: boolean;
}

export interface Symbolicated {
  module_size: number;
  module_hash: string;
  /** The lines of the trace; those that name a place in the module have `frames`, innermost first. */
  lines: { text: string; index?: number; offset?: number | null; shared?: boolean; frames?: Frame[] }[];
}

/** A stack trace of a shipped module, with names and source lines in the place of offsets; see docs/DEBUG.md. */
export function symbolicate(symbols: Bytes, trace: string, options?: CallOptions & { json?: false }): Promise<string>;
export function symbolicate(symbols: Bytes, trace: string, options: CallOptions & { json: true }): Promise<Symbolicated>;

/** What fills a module, and why: the JSON of `wring audit --json`, described in docs/AUDIT.md. */
export function audit(module: Bytes, options?: AuditOptions): Promise<Record<string, any>>;

/** The same as one self-contained HTML page. */
export function auditPage(module: Bytes, options?: ReportOptions): Promise<string>;

/** What changed between two modules: the JSON of `wring diff --json`. */
export function diff(before: Bytes, after: Bytes, options?: ReportOptions): Promise<Record<string, any>>;

/** What each level makes of a module: the JSON of `wring compare --json`. */
export function compare(module: Bytes, options?: CompareOptions): Promise<Record<string, any>>;

export interface RunResult {
  status: number;
  out: string;
  err: string;
  written: Record<string, Uint8Array>;
}

/** Any command of the program: its words, files by name, and which outputs are wanted back. */
export function run(
  args: string[],
  options?: CallOptions & { files?: Record<string, Uint8Array>; outputs?: string[] },
): Promise<RunResult>;
