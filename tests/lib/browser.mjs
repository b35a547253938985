// Headless Chromium over its DevTools protocol: open(file) waits for nothing but the page's target, evaluate() runs an
// expression in it and awaits its promise, so a slow machine makes a test slow, not wrong.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1280,800', '--remote-debugging-port=0'];

// The name of an installed Chromium, or undefined.
export const findChromium = () =>
  ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);

function debuggerAddress(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (bytes) => {
      const found = (said += bytes).match(/DevTools listening on (ws:\S+)/);
      if (found) resolve(found[1]);
    });
    child.on('exit', (code) => reject(new Error(`the browser ended with ${code}: ${said}`)));
  });
}

// Commands over one socket; answers come back by number.
async function connect(address) {
  const socket = new WebSocket(address), waiting = new Map();
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    if (!waiting.has(id)) return;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  };
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser went away'));
    waiting.clear();
  };
  let next = 1;
  return {
    send: (method, params = {}, sessionId = undefined) =>
      new Promise((resolve, reject) => {
        waiting.set(next, { resolve, reject });
        socket.send(JSON.stringify({ id: next++, method, params, sessionId }));
      }),
  };
}

// profile: an empty folder for the browser's own files; it is removed in the end.
export async function startBrowser(chromium, profile) {
  const child = spawn(chromium, [...FLAGS, `--user-data-dir=${path.resolve(profile)}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const wire = await connect(await debuggerAddress(child));

  async function open(file, { dark = false } = {}) {
    const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
    const send = (method, params) => wire.send(method, params, sessionId);
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    await send('Page.navigate', { url: pathToFileURL(file).href });
    return {
      async evaluate(expression) {
        const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
      },
      screenshot: async () => Buffer.from((await send('Page.captureScreenshot')).data, 'base64'),
      close: () => wire.send('Target.closeTarget', { targetId }),
    };
  }

  async function stop() {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    wire.send('Browser.close').catch(() => {}); // it may be gone before it answers
    const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 }); // its children end a little later
  }
  return { open, stop };
}
