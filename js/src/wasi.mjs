// The part of WASI (preview 1) that wring.wasm calls, over any set of files: files.mjs keeps them in memory, node_files.mjs
// has those of the machine. No host has it all alike (Node's own is experimental, pages have none), so it is here once.
//
// A set of files answers open(path, want), stat(path), readlink(path), rename(from, to), unlink(path), mkdir(path),
// rmdir(path), touch(path) and list(path); what goes wrong is thrown as a FileError. Open files answer read(bytes), write(bytes),
// seek(offset, whence), stat() and close().
//
// The program's memory is shared with its threads (threads.mjs). What takes no bytes of shared memory gets a copy.

export const ERRNO = {
  SUCCESS: 0, ACCES: 2, BADF: 8, BUSY: 10, EXIST: 20, FBIG: 22, INVAL: 28, IO: 29, ISDIR: 31, LOOP: 32, MFILE: 33,
  NAMETOOLONG: 37, NOENT: 44, NOMEM: 48, NOSPC: 51, NOSYS: 52, NOTDIR: 54, NOTEMPTY: 55, NOTSUP: 58, PERM: 63,
  PIPE: 64, ROFS: 69, SPIPE: 70, XDEV: 75,
};
export const TYPE = { UNKNOWN: 0, CHARACTER: 2, DIRECTORY: 3, FILE: 4, LINK: 7 };

export class FileError extends Error {
  constructor(name) {
    super(name);
    this.errno = ERRNO[name] ?? ERRNO.IO;
  }
}

class Exit {
  constructor(status) {
    this.status = status;
  }
}

const OPEN = { CREATE: 1, DIRECTORY: 2, EXCLUSIVE: 4, TRUNCATE: 8 };
const RIGHT_READ = 2n, RIGHT_WRITE = 64n;
const FDFLAG_APPEND = 1;
const FIRST_PREOPEN = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// `streams` are the files open from the start: standard input, output and error, by number. `spawn(argument)` starts a
// thread and gives its number, or a negative one.
export class Wasi {
  constructor({ memory, spawn = () => -1, args = [], env = {}, files, streams = {}, preopens = ['/'] }) {
    this.memory = memory;
    this.spawn = spawn;
    this.args = args.map((text) => encoder.encode(`${text}\0`));
    this.env = Object.entries(env).map(([name, value]) => encoder.encode(`${name}=${value}\0`));
    this.files = files;
    this.open = new Map(Object.entries(streams).map(([fd, file]) => [Number(fd), file]));
    this.directories = new Map();
    for (const path of preopens) this.directories.set(this.#freeNumber(), { path, preopened: true });
  }

  // Runs the program of an instance to its end, and gives its exit status.
  start(instance) {
    try {
      instance.exports._start();
    } catch (thrown) {
      if (thrown instanceof Exit) return thrown.status;
      throw thrown;
    }
    return 0;
  }

  imports() {
    const functions = {};
    for (const [name, call] of Object.entries(calls)) functions[name] = (...args) => this.#guarded(call, args);
    functions.proc_exit = (status) => {
      throw new Exit(status);
    };
    return { env: { memory: this.memory }, wasi: { 'thread-spawn': this.spawn }, wasi_snapshot_preview1: functions };
  }

  #guarded(call, args) {
    try {
      return call.apply(this, args) ?? ERRNO.SUCCESS;
    } catch (thrown) {
      if (thrown instanceof FileError) return thrown.errno;
      throw thrown;
    }
  }

  #freeNumber() {
    let fd = FIRST_PREOPEN;
    while (this.open.has(fd) || this.directories.has(fd)) fd++;
    return fd;
  }

  view() {
    return new DataView(this.memory.buffer);
  }

  bytes(at, length) {
    if (at + length > this.memory.buffer.byteLength) this.memory.grow(0); // another thread made it larger: take note
    return new Uint8Array(this.memory.buffer, at, length);
  }

  text(at, length) {
    return decoder.decode(this.bytes(at, length).slice());
  }

  // A path as the files want it: below a directory that is open.
  path(fd, at, length) {
    const directory = this.directories.get(fd);
    if (!directory) throw new FileError('BADF');
    const name = this.text(at, length);
    return directory.path === '/' ? `/${name}` : `${directory.path}/${name}`;
  }

  file(fd) {
    const file = this.open.get(fd);
    if (!file) throw new FileError('BADF');
    return file;
  }

  add(file) {
    const fd = this.#freeNumber();
    if (typeof file === 'string') this.directories.set(fd, { path: file });
    else this.open.set(fd, file);
    return fd;
  }

  // Reads or writes a list of buffers until one is not filled, and says how many bytes that were.
  vectors(at, count, move, countAt) {
    let done = 0;
    for (let i = 0; i < count; i++) {
      const view = this.view();
      const buffer = this.bytes(view.getUint32(at + 8 * i, true), view.getUint32(at + 8 * i + 4, true));
      const moved = buffer.length ? move(buffer) : 0;
      done += moved;
      if (moved < buffer.length) break;
    }
    this.view().setUint32(countAt, done, true);
  }

  strings(list, pointersAt, bytesAt) {
    for (const text of list) {
      this.view().setUint32(pointersAt, bytesAt, true);
      this.bytes(bytesAt, text.length).set(text);
      pointersAt += 4;
      bytesAt += text.length;
    }
  }

  sizes(list, countAt, bytesAt) {
    this.view().setUint32(countAt, list.length, true);
    this.view().setUint32(bytesAt, list.reduce((sum, text) => sum + text.length, 0), true);
  }

  putStat(at, stat) {
    const view = this.view();
    view.setBigUint64(at, 0n, true);
    view.setBigUint64(at + 8, BigInt(stat.id ?? 0), true);
    view.setBigUint64(at + 16, BigInt(stat.type), true);
    view.setBigUint64(at + 24, 1n, true);
    view.setBigUint64(at + 32, BigInt(stat.size), true);
    for (const offset of [40, 48, 56]) view.setBigUint64(at + offset, BigInt(stat.mtime ?? 0), true);
  }
}

// WASI's functions, by name; `this` is the Wasi. Each returns an errno, or nothing for success.
const calls = {
  args_get(pointers, bytes) {
    this.strings(this.args, pointers, bytes);
  },
  args_sizes_get(count, size) {
    this.sizes(this.args, count, size);
  },
  environ_get(pointers, bytes) {
    this.strings(this.env, pointers, bytes);
  },
  environ_sizes_get(count, size) {
    this.sizes(this.env, count, size);
  },

  clock_time_get(id, precision, at) {
    const ms = id === 0 ? Date.now() : performance.timeOrigin + performance.now(); // the same in all threads
    this.view().setBigUint64(at, BigInt(Math.round(ms * 1e6)), true);
  },

  random_get(at, length) {
    for (let done = 0; done < length; done += 65536)
      this.bytes(at + done, Math.min(65536, length - done)).set(crypto.getRandomValues(new Uint8Array(Math.min(65536, length - done))));
  },

  fd_close(fd) {
    if (this.directories.delete(fd)) return;
    this.file(fd).close?.();
    this.open.delete(fd);
  },

  fd_fdstat_get(fd, at) {
    const type = this.directories.has(fd) ? TYPE.DIRECTORY : this.file(fd).stat().type;
    const view = this.view();
    view.setUint8(at, type);
    view.setUint16(at + 2, 0, true);
    // What may be done is for the files to say; but a terminal is told by its not being seekable.
    const rights = type === TYPE.CHARACTER ? ~0n & ~36n : ~0n;
    view.setBigUint64(at + 8, BigInt.asUintN(64, rights), true);
    view.setBigUint64(at + 16, BigInt.asUintN(64, ~0n), true);
  },

  fd_fdstat_set_flags() {},

  fd_filestat_get(fd, at) {
    const directory = this.directories.get(fd);
    this.putStat(at, directory ? this.files.stat(directory.path) : this.file(fd).stat());
  },

  fd_prestat_get(fd, at) {
    const directory = this.directories.get(fd);
    if (!directory?.preopened) return ERRNO.BADF;
    this.view().setUint32(at, 0, true);
    this.view().setUint32(at + 4, encoder.encode(directory.path).length, true);
  },

  fd_prestat_dir_name(fd, at, length) {
    this.bytes(at, length).set(encoder.encode(this.directories.get(fd).path));
  },

  fd_read(fd, vectors, count, doneAt) {
    const file = this.file(fd);
    this.vectors(vectors, count, (buffer) => file.read(buffer), doneAt);
  },

  fd_write(fd, vectors, count, doneAt) {
    const file = this.file(fd);
    this.vectors(vectors, count, (buffer) => file.write(buffer), doneAt);
  },

  fd_seek(fd, offset, whence, at) {
    const file = this.file(fd);
    if (!file.seek) return ERRNO.SPIPE;
    this.view().setBigUint64(at, BigInt(file.seek(Number(offset), whence)), true);
  },

  // Entries from `cookie` on, the last one cut where the buffer ends.
  fd_readdir(fd, at, length, cookie, doneAt) {
    const directory = this.directories.get(fd);
    if (!directory) return ERRNO.BADF;
    const entries = this.files.list(directory.path);
    let done = 0;
    for (let i = Number(cookie); i < entries.length && done < length; i++) {
      const name = encoder.encode(entries[i]);
      const entry = new Uint8Array(24 + name.length);
      const view = new DataView(entry.buffer);
      view.setBigUint64(0, BigInt(i + 1), true);
      view.setUint32(16, name.length, true);
      entry.set(name, 24);
      const part = entry.subarray(0, length - done);
      this.bytes(at + done, part.length).set(part);
      done += part.length;
    }
    this.view().setUint32(doneAt, done, true);
  },

  path_open(fd, lookup, at, length, flags, rights, inheriting, fdflags, resultAt) {
    const path = this.path(fd, at, length);
    const file = this.files.open(path, {
      read: (rights & RIGHT_READ) !== 0n,
      write: (rights & RIGHT_WRITE) !== 0n,
      create: (flags & OPEN.CREATE) !== 0,
      directory: (flags & OPEN.DIRECTORY) !== 0,
      exclusive: (flags & OPEN.EXCLUSIVE) !== 0,
      truncate: (flags & OPEN.TRUNCATE) !== 0,
      append: (fdflags & FDFLAG_APPEND) !== 0,
    });
    this.view().setUint32(resultAt, this.add(file), true);
  },

  path_filestat_get(fd, lookup, at, length, statAt) {
    this.putStat(statAt, this.files.stat(this.path(fd, at, length), (lookup & 1) === 0));
  },

  // Only ever called to make now the time of the last modification.
  path_filestat_set_times(fd, lookup, at, length) {
    this.files.touch(this.path(fd, at, length));
  },

  path_readlink(fd, at, length, bufferAt, size, usedAt) {
    const target = encoder.encode(this.files.readlink(this.path(fd, at, length))).subarray(0, size);
    this.bytes(bufferAt, target.length).set(target);
    this.view().setUint32(usedAt, target.length, true);
  },

  path_rename(fd, at, length, toFd, toAt, toLength) {
    this.files.rename(this.path(fd, at, length), this.path(toFd, toAt, toLength));
  },

  path_unlink_file(fd, at, length) {
    this.files.unlink(this.path(fd, at, length));
  },

  path_create_directory(fd, at, length) {
    this.files.mkdir(this.path(fd, at, length));
  },

  path_remove_directory(fd, at, length) {
    this.files.rmdir(this.path(fd, at, length));
  },
};
