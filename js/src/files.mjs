// Files in memory: what a call of the API reads and writes. Paths are names in one flat tree; directories are there when
// something made them.
import { FileError, TYPE } from './wasi.mjs';

const normal = (path) => path.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '') || '.';

class OpenFile {
  constructor(node, append) {
    this.node = node;
    this.at = append ? node.size : 0;
  }

  read(into) {
    const part = this.node.bytes.subarray(this.at, Math.min(this.node.size, this.at + into.length));
    into.set(part);
    this.at += part.length;
    return part.length;
  }

  write(bytes) {
    const { node } = this;
    const end = this.at + bytes.length;
    if (end > node.bytes.length) {
      const larger = new Uint8Array(Math.max(end, node.bytes.length * 2));
      larger.set(node.bytes.subarray(0, node.size));
      node.bytes = larger;
    }
    node.bytes.set(bytes, this.at);
    node.size = Math.max(node.size, end);
    this.at = end;
    return bytes.length;
  }

  seek(offset, whence) {
    this.at = Math.max(0, offset + [0, this.at, this.node.size][whence]);
    return this.at;
  }

  stat() {
    return { type: TYPE.FILE, size: this.node.size };
  }
}

export class MemoryFiles {
  // `given`: bytes by path.
  constructor(given = {}) {
    this.nodes = new Map();
    this.directories = new Set(['.', 'tmp']);
    for (const [path, bytes] of Object.entries(given)) this.nodes.set(normal(path), { bytes, size: bytes.length });
  }

  // What a file holds; undefined where there is none.
  get(path) {
    const node = this.nodes.get(normal(path));
    return node && node.bytes.subarray(0, node.size);
  }

  open(path, want) {
    const name = normal(path);
    if (this.directories.has(name)) {
      if (want.write) throw new FileError('ISDIR');
      return name;
    }
    let node = this.nodes.get(name);
    if (want.directory) throw new FileError(node ? 'NOTDIR' : 'NOENT');
    if (node && want.create && want.exclusive) throw new FileError('EXIST');
    if (!node && !want.create) throw new FileError('NOENT');
    if (!node || want.truncate) {
      node = { bytes: new Uint8Array(0), size: 0 };
      this.nodes.set(name, node);
    }
    return new OpenFile(node, want.append);
  }

  stat(path) {
    const name = normal(path);
    if (this.directories.has(name)) return { type: TYPE.DIRECTORY, size: 0 };
    const node = this.nodes.get(name);
    if (!node) throw new FileError('NOENT');
    return { type: TYPE.FILE, size: node.size };
  }

  readlink() {
    throw new FileError('INVAL');
  }

  rename(from, to) {
    const node = this.nodes.get(normal(from));
    if (!node) throw new FileError('NOENT');
    this.nodes.delete(normal(from));
    this.nodes.set(normal(to), node);
  }

  unlink(path) {
    if (!this.nodes.delete(normal(path))) throw new FileError('NOENT');
  }

  touch() {}

  mkdir(path) {
    if (this.directories.has(normal(path))) throw new FileError('EXIST');
    this.directories.add(normal(path));
  }

  rmdir(path) {
    if (this.list(path).length) throw new FileError('NOTEMPTY');
    if (!this.directories.delete(normal(path))) throw new FileError('NOENT');
  }

  list(path) {
    const prefix = normal(path) === '.' ? '' : `${normal(path)}/`;
    const names = [...this.nodes.keys(), ...this.directories].filter((name) => name.startsWith(prefix));
    return [...new Set(names.map((name) => name.slice(prefix.length).split('/')[0]))].filter((name) => name && name !== '.');
  }
}

// A stream that collects what is written to it, as standard output does.
export class Collector {
  constructor() {
    this.parts = [];
  }

  read() {
    return 0;
  }

  write(bytes) {
    this.parts.push(bytes.slice());
    return bytes.length;
  }

  stat() {
    return { type: TYPE.UNKNOWN, size: 0 };
  }

  text() {
    const decoder = new TextDecoder();
    return this.parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
  }
}

// A stream whose lines are handed on as they come: call(line) for each. What the call throws or `false` refuses the
// write, which tells the program to give up.
export class Lines extends Collector {
  constructor(call) {
    super();
    this.call = call;
    this.rest = '';
  }

  write(bytes) {
    const lines = (this.rest + new TextDecoder().decode(bytes.slice())).split('\n');
    this.rest = lines.pop();
    for (const line of lines) if (this.call(line) === false) throw new FileError('PIPE');
    return bytes.length;
  }
}
