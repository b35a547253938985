// The machine's files, for wring.wasm as a program of Node (Deno and Bun have the same module).
import fs from 'node:fs';
import { FileError, TYPE } from './wasi.mjs';

const guard = (work) => {
  try {
    return work();
  } catch (error) {
    if (error?.code === undefined) throw error;
    throw new FileError(error.code.replace(/^E/, ''));
  }
};

const typeOf = (stat) => {
  if (stat.isDirectory()) return TYPE.DIRECTORY;
  if (stat.isFile()) return TYPE.FILE;
  if (stat.isSymbolicLink()) return TYPE.LINK;
  return stat.isCharacterDevice() ? TYPE.CHARACTER : TYPE.UNKNOWN;
};

const statOf = (stat) => ({ type: typeOf(stat), size: stat.size, id: stat.ino, mtime: stat.mtimeNs });

// A descriptor of the process; regular files keep a position of their own, pipes and terminals have none.
export class Descriptor {
  constructor(fd, { own = false, append = false } = {}) {
    this.fd = fd;
    this.own = own;
    this.append = append;
    this.at = 0;
    this.regular = own && guard(() => fs.fstatSync(fd)).isFile();
  }

  read(into) {
    const part = new Uint8Array(into.length); // not shared: Deno reads into no other
    for (;;) {
      try {
        const n = fs.readSync(this.fd, part, 0, part.length, this.regular ? this.at : null);
        into.set(part.subarray(0, n));
        this.at += n;
        return n;
      } catch (error) {
        if (error.code === 'EOF') return 0; // a closed pipe on Windows
        if (error.code !== 'EAGAIN') return guard(() => { throw error; });
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // standard input that doesn't block
      }
    }
  }

  write(shared) {
    const bytes = shared.slice();
    for (;;) {
      try {
        const n = fs.writeSync(this.fd, bytes, 0, bytes.length, this.regular && !this.append ? this.at : null);
        this.at += n;
        return n;
      } catch (error) {
        if (error.code !== 'EAGAIN') return guard(() => { throw error; });
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  }

  get seek() {
    if (!this.regular) return undefined;
    return (offset, whence) => {
      this.at = Math.max(0, offset + [0, this.at, whence === 2 ? this.stat().size : 0][whence]);
      return this.at;
    };
  }

  stat() {
    return statOf(guard(() => fs.fstatSync(this.fd, { bigint: true })));
  }

  close() {
    if (this.own) guard(() => fs.closeSync(this.fd));
  }
}

export class NodeFiles {
  open(path, want) {
    return guard(() => {
      if (want.directory) {
        if (!fs.statSync(path).isDirectory()) throw new FileError('NOTDIR');
        return path;
      }
      const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = fs.constants;
      let flags = want.write ? (want.read ? O_RDWR : O_WRONLY) : O_RDONLY;
      if (want.create) flags |= O_CREAT;
      if (want.exclusive) flags |= O_EXCL;
      if (want.truncate) flags |= O_TRUNC;
      if (want.append) flags |= O_APPEND;
      return new Descriptor(fs.openSync(path, flags, 0o666), { own: true, append: want.append });
    });
  }

  stat(path, link = false) {
    return statOf(guard(() => (link ? fs.lstatSync : fs.statSync)(path, { bigint: true })));
  }

  readlink(path) {
    return guard(() => fs.readlinkSync(path));
  }

  // The new file has the mode of the one that it replaces, which WASI has no call for.
  rename(from, to) {
    guard(() => {
      const old = fs.statSync(to, { throwIfNoEntry: false });
      if (old) fs.chmodSync(from, old.mode & 0o777);
      fs.renameSync(from, to);
    });
  }

  unlink(path) {
    guard(() => fs.unlinkSync(path));
  }

  mkdir(path) {
    guard(() => fs.mkdirSync(path));
  }

  touch(path) {
    guard(() => fs.utimesSync(path, new Date(), new Date()));
  }

  rmdir(path) {
    guard(() => fs.rmdirSync(path));
  }

  list(path) {
    return guard(() => fs.readdirSync(path));
  }
}
