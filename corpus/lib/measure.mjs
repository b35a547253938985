// Runs a child process and measures it: wall seconds, CPU seconds and peak memory (GNU time's, when that is installed),
// output.
// A child that runs past its limit is killed and says so.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const gnuTime = '/usr/bin/time';

function collect(stream, limit) {
  const parts = [];
  let size = 0;
  stream.on('data', (part) => {
    size += part.length;
    if (size <= limit) parts.push(part);
  });
  return () => Buffer.concat(parts);
}

// -> { ok, code, signal, timedOut, seconds, cpu (seconds, or null), peak (bytes, or null), stdout, stderr (Buffers) }
export function measure(command, args, { limit = 600, memory = false, env = process.env } = {}) {
  const timed = memory && existsSync(gnuTime);
  const folder = timed && mkdtempSync(join(tmpdir(), 'wring-measure-'));
  const note = timed && join(folder, 'peak');
  const argv = timed ? [gnuTime, '-q', '-f', '%M %U %S', '-o', note, command, ...args] : [command, ...args];
  return new Promise((resolve, reject) => {
    const start = performance.now();
    // Its own process group, so that a limit ends what it started as well.
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stdout = collect(child.stdout, 64 << 20);
    const stderr = collect(child.stderr, 1 << 20);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid, 'SIGKILL');
    }, limit * 1000);
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [kib, user, system] = timed && existsSync(note) ? readFileSync(note, 'utf8').split(' ').map(Number) : [];
      const peak = kib ? kib * 1024 : null, cpu = kib ? user + system : null;
      if (folder) rmSync(folder, { recursive: true, force: true });
      resolve({ ok: code === 0, code, signal, timedOut, seconds: (performance.now() - start) / 1000, cpu, peak, stdout: stdout(), stderr: stderr() });
    });
  });
}

// What a failed child has to say for itself, in one line.
export function complaint(result) {
  if (result.timedOut) return 'ran out of time';
  const said = result.stderr.toString().trim().split('\n').find((line) => line && !line.startsWith('wring-workload')) ?? '';
  const how = result.signal ? `killed by ${result.signal}` : `exit ${result.code}`;
  return said ? `${how}: ${said.slice(0, 200)}` : how;
}
