// Loaded before programs of emcc 3.1.6, which take Node's fetch for a browser's.
delete globalThis.fetch;
