// Keeps the page's own files, so that it opens without a network. The name is set by web/build, anew for each build.
const CACHE = 'wring-@BUILD@';
const FILES = ['./', 'page.css', 'page.mjs', 'wring/wring.wasm',
  ...['index', 'call', 'program', 'threads', 'wasi', 'files', 'worker'].map((name) => `wring/src/${name}.mjs`)];

addEventListener('install', (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting())));

addEventListener('activate', (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name.startsWith('wring-') && name !== CACHE).map((name) => caches.delete(name))))
  .then(() => clients.claim())));

addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin !== location.origin) return;
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
});
