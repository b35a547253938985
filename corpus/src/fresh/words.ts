// A program of AssemblyScript's standard library: reads JSON-like text into objects, counts words in a map, sorts, formats
// numbers, multiplies matrices and keeps a tree balanced. `run` gives a digest of all of it, which depends on nothing outside.
const text = '[{"name":"alpha","weight":1.25,"tags":["x","y"]},{"name":"beta","weight":-3e4,"tags":[]},'
  + '{"name":"gamma","weight":0.1,"tags":["x","z","x"],"nested":{"depth":7,"ok":true,"none":null}}]';
const prose = 'the quick brown fox jumps over the lazy dog while the slow red fox sleeps under the old oak tree and the dog barks';

let digest: u32 = 2166136261;
let counts = new Map<string, i32>(); // functions can't see locals around them

function note(value: string): void {
  for (let i = 0; i < value.length; i++) digest = (digest ^ <u32>value.charCodeAt(i)) * 16777619;
}

// --- Values ---

abstract class Value {
  abstract show(): string;
  depth(): i32 { return 0; }
}

class Text extends Value {
  constructor(public value: string) { super(); }
  show(): string { return '"' + this.value.toUpperCase() + '"'; }
}

class Amount extends Value {
  constructor(public value: f64) { super(); }
  show(): string { return this.value.toString(); }
}

class Word extends Value {
  constructor(public value: string) { super(); }
  show(): string { return this.value; }
}

class List extends Value {
  items: Value[] = [];
  show(): string { return '[' + this.items.map<string>((item) => item.show()).join(', ') + ']'; }
  depth(): i32 {
    let deepest = 0;
    for (let i = 0; i < this.items.length; i++) deepest = max(deepest, this.items[i].depth());
    return deepest + 1;
  }
}

class Record extends Value {
  fields: Map<string, Value> = new Map();
  show(): string {
    const names = this.fields.keys().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), parts: string[] = [];
    for (let i = 0; i < names.length; i++) parts.push(names[i] + '=' + this.fields.get(names[i]).show());
    return '{' + parts.join('; ') + '}';
  }
  depth(): i32 {
    const values = this.fields.values();
    let deepest = 0;
    for (let i = 0; i < values.length; i++) deepest = max(deepest, values[i].depth());
    return deepest + 1;
  }
}

class Reader {
  at: i32 = 0;
  constructor(private source: string) {}

  private peek(): i32 { return this.at < this.source.length ? this.source.charCodeAt(this.at) : 0; }

  private until(stop: string): string {
    const start = this.at;
    while (this.at < this.source.length && !stop.includes(this.source.charAt(this.at))) this.at++;
    return this.source.slice(start, this.at);
  }

  private text(): string {
    this.at++;
    const value = this.until('"');
    this.at++;
    return value;
  }

  private list(): Value {
    const list = new List();
    this.at++;
    while (this.peek() != 0x5d) {
      list.items.push(this.read());
      if (this.peek() == 0x2c) this.at++;
    }
    this.at++;
    return list;
  }

  private record(): Value {
    const record = new Record();
    this.at++;
    while (this.peek() != 0x7d) {
      const name = this.text();
      this.at++;
      record.fields.set(name, this.read());
      if (this.peek() == 0x2c) this.at++;
    }
    this.at++;
    return record;
  }

  read(): Value {
    switch (this.peek()) {
      case 0x22: return new Text(this.text());
      case 0x5b: return this.list();
      case 0x7b: return this.record();
      default: {
        const word = this.until(',]}'), value = parseFloat(word);
        return isNaN(value) ? new Word(word) : new Amount(value);
      }
    }
  }
}

// --- A treap ---

class Node {
  left: Node | null = null;
  right: Node | null = null;
  constructor(public key: i32, public priority: u32) {}
}

function insert(tree: Node | null, key: i32, priority: u32): Node {
  if (!tree) return new Node(key, priority);
  if (key == tree.key) return tree;
  if (key < tree.key) {
    const left = tree.left = insert(tree.left, key, priority);
    if (left.priority <= tree.priority) return tree;
    tree.left = left.right;
    left.right = tree;
    return left;
  }
  const right = tree.right = insert(tree.right, key, priority);
  if (right.priority <= tree.priority) return tree;
  tree.right = right.left;
  right.left = tree;
  return right;
}

function walk(tree: Node | null, depth: i32): i64 {
  return tree ? walk(tree.left, depth + 1) * 31 + <i64>tree.key * depth + walk(tree.right, depth + 1) : 7;
}

// --- Numbers ---

function multiply(a: StaticArray<f64>, b: StaticArray<f64>, n: i32): StaticArray<f64> {
  const product = new StaticArray<f64>(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      product[i * n + j] = sum;
    }
  return product;
}

function primes(limit: i32): i32[] {
  const sieve = new Uint8Array(limit), found: i32[] = [];
  for (let i = 2; i < limit; i++) {
    if (sieve[i]) continue;
    found.push(i);
    for (let k = i + i; k < limit; k += i) sieve[k] = 1;
  }
  return found;
}

export function run(turns: i32): u32 {
  digest = 2166136261;
  for (let turn = 0; turn < turns * 20; turn++) {
    const value = new Reader(text).read();
    note(value.show() + ' ' + value.depth().toString());
    const words = prose.split(' ');
    counts = new Map<string, i32>();
    for (let i = 0; i < words.length; i++) counts.set(words[i], (counts.has(words[i]) ? counts.get(words[i]) : 0) + 1);
    const names = counts.keys();
    names.sort((a, b) => (counts.get(b) - counts.get(a)) || (a < b ? -1 : 1));
    for (let i = 0; i < names.length; i++) note(names[i].padEnd(8, '.') + counts.get(names[i]).toString());
    let tree: Node | null = null, seed: u32 = 12345 + turn;
    for (let i = 0; i < 200; i++) {
      seed = seed * 1103515245 + 12345;
      tree = insert(tree, <i32>(seed >>> 16) % 1000, seed);
    }
    note(walk(tree, 1).toString());
    const a = new StaticArray<f64>(64);
    for (let i = 0; i < 64; i++) a[i] = Math.sin(<f64>(i + turn)) * Math.pow(1.01, <f64>i);
    const product = multiply(a, a, 8);
    for (let i = 0; i < 64; i += 9) note(Math.round(product[i] * 1e6).toString());
    note(primes(500).map<string>((p) => p.toString(16)).join(''));
    const unique = new Set<u64>();
    for (let i: u64 = 1; i < 100; i++) unique.add(i * i * 2654435761 % 97);
    note(unique.size.toString());
  }
  return digest;
}
