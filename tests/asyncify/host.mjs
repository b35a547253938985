// Hosts that run a program of generate.mjs: as it is, or suspended at its calls.
import { IMPORTS } from './generate.mjs';

const DATA = 65536, FRAMES = DATA + 16, END = 3 * 65536;
const NORMAL = 0, UNWINDING = 1, REWINDING = 2;

const show = values => values.map(v => (typeof v === 'number' ? (Number.isNaN(v) ? 'nan' : Object.is(v, -0) ? '-0' : String(v)) : `${v}`)).join();

/** What an import gives, by what it is given and how many calls there were. */
const answer = (f, args, n) => {
  const sum = Math.trunc(Number(args[0] ?? 0)) % 1000 + n * 7;
  return f.results.length ? (Number.isFinite(sum) ? sum : n) : undefined;
};

const argument = (type, i) => (type === 0x7e ? BigInt(i * 3 - 4) : type === 0x7f ? i * 5 - 3 : i * 1.5 - 2);

class Host {
  constructor(bytes) {
    this.trace = [];
    this.calls = 0;
    const env = Object.fromEntries(IMPORTS.map(f => [f.name, (...args) => this.import(f, args)]));
    for (const name of ['__asyncify_state', '__asyncify_data']) env[name] = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
    this.instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
    this.exports = this.instance.exports;
  }

  note(f, args) {
    this.trace.push(`${f.name}(${show(args)})`);
    return answer(f, args, ++this.calls);
  }

  import(f, args) { return this.note(f, args); }
  invoke(name, args) { return this.exports[name](...args); }

  /** Everything that can be seen of a run of all exports. */
  run(list) {
    for (const { name, params } of list) {
      this.exports.fuel.value = 60;
      try {
        this.trace.push(`${name} = ${show([this.invoke(name, params.map(argument))])}`);
      } catch (error) {
        if (error instanceof Confusion) throw error;
        this.trace.push(`${name}: ${error instanceof WebAssembly.Exception ? 'exception' : error.message}`);
        this.failed();
      }
      this.trace.push(`global ${this.exports.global.value}`);
    }
    this.trace.push(`memory ${hash(new Uint8Array(this.exports.memory.buffer, 0, DATA))}`);
    return this.trace;
  }

  failed() {}
}

function hash(bytes) {
  let h = 0;
  for (const b of bytes) h = (Math.imul(h, 31) + b) | 0;
  return h;
}

export class Confusion extends Error {}

export class Plain extends Host {}

/** Suspends the program at each call of an import that may, or at some. */
export class Suspending extends Host {
  constructor(bytes, every) {
    super(bytes);
    this.every = every;
    this.suspended = 0;
    new Uint32Array(this.exports.memory.buffer, DATA, 2).set([FRAMES, END]);
  }

  get state() { return this.exports.asyncify_get_state(); }
  get top() { return new Uint32Array(this.exports.memory.buffer, DATA, 1)[0]; }

  import(f, args) {
    if (!f.suspends) {
      if (this.state !== NORMAL) throw new Confusion(`${f.name} is called in state ${this.state}`);
      return this.note(f, args);
    }
    if (this.state === REWINDING) return this.resume(f, args);
    if (this.state !== NORMAL) throw new Confusion(`${f.name} is called in state ${this.state}`);
    const result = this.note(f, args);
    if (this.calls % this.every) return result;
    this.waiting = { f, args: show(args), result };
    this.suspended++;
    this.exports.asyncify_start_unwind(DATA);
    return f.results.length ? 0 : undefined;
  }

  resume(f, args) {
    this.exports.asyncify_stop_rewind();
    const { f: before, args: old, result } = this.waiting;
    if (f !== before || show(args) !== old) throw new Confusion(`${before.name}(${old}) is rewound as ${f.name}(${show(args)})`);
    return result;
  }

  invoke(name, args) {
    let result = this.exports[name](...args);
    while (this.state === UNWINDING) {
      this.exports.asyncify_stop_unwind();
      this.exports.asyncify_start_rewind(DATA);
      result = this.exports[name](...args.map(a => (typeof a === 'bigint' ? 99n : 99))); // what is given again doesn't matter
    }
    if (this.state !== NORMAL) throw new Confusion(`${name} ends in state ${this.state}`);
    if (this.top !== FRAMES) throw new Confusion(`${name} leaves ${this.top - FRAMES} bytes of frames`);
    return result;
  }
}
