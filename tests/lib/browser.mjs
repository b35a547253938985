// Headless Chromium over its DevTools protocol, through pipes: no network takes part. open(file) waits for nothing but
// the page's target, evaluate() runs an expression in it and awaits its promise, so a slow machine makes a test slow, not
// wrong.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1280,800', '--remote-debugging-pipe'];

// The name of an installed Chromium, or undefined.
export const findChromium = () =>
  ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);

// Commands over the browser's pipes, where each message ends with a zero; answers come back by number.
function connect(child) {
  const [input, output] = [child.stdio[3], child.stdio[4]], waiting = new Map();
  let next = 1, said = '';
  const receive = ({ id, result, error }) => {
    if (!waiting.has(id)) return;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  };
  output.setEncoding('utf8').on('data', (text) => {
    const messages = (said + text).split('\0');
    said = messages.pop();
    for (const message of messages) receive(JSON.parse(message));
  });
  input.on('error', () => {}); // it has gone: the exit says so
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the browser ended with ${code}`));
    waiting.clear();
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(next, { resolve, reject });
      input.write(JSON.stringify({ id: next++, method, params, sessionId }) + '\0');
    });
}

// profile: an empty folder for the browser's own files; it is removed in the end.
export async function startBrowser(chromium, profile) {
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
  const child = spawn(chromium, [...FLAGS, `--user-data-dir=${path.resolve(profile)}`], { stdio });
  const tell = connect(child);
  await tell('Browser.getVersion');

  // What is opened: a file, or an address of this machine. width and height: of the screen, as a phone has it.
  async function open(file, { dark = false, width = 0, height = 0 } = {}) {
    const { targetId } = await tell('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await tell('Target.attachToTarget', { targetId, flatten: true });
    const send = (method, params) => tell(method, params, sessionId);
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    if (width) await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true });
    await send('Page.navigate', { url: /^http:/.test(file) ? file : pathToFileURL(file).href });
    return {
      async evaluate(expression) {
        const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
      },
      send,
      screenshot: async () => Buffer.from((await send('Page.captureScreenshot')).data, 'base64'),
      close: () => tell('Target.closeTarget', { targetId }),
    };
  }

  async function stop() {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    tell('Browser.close').catch(() => {}); // it may be gone before it answers
    const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 }); // its children end a little later
  }
  return { open, stop };
}
