// One plugin for Vite, Rollup, webpack and esbuild: every .wasm of the output is replaced by its shrunk form, once the
// bundler is done with it. Where each bundler keeps its output differs, so each has a hook of its own below; the work on
// one module is the same. What fails to shrink is kept as it was, with a warning: a build doesn't fail for its size.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createUnplugin } from 'unplugin';
import { optimize, toArguments } from 'wring';
import { usedExports } from './exports.mjs';

const isModule = (bytes) => bytes?.length > 8 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
const isScript = (name) => /\.([cm]?js|html?)$/.test(name);
const asScript = (name) => (/\.[cm]?js$/.test(name) ? name : `${name}.js`);
const thousands = new Intl.NumberFormat('en-US');

// Results by content, options and the version of wring.wasm itself.
class Cache {
  constructor(folder) {
    this.folder = folder;
  }

  async path(bytes, options) {
    this.program ??= createHash('sha256').update(await readFile(new URL(import.meta.resolve('wring/wring.wasm')))).digest('hex');
    const key = createHash('sha256').update(this.program).update(JSON.stringify(toArguments(options))).update(bytes).digest('hex');
    return path.join(this.folder, `${key}.wasm`);
  }

  async optimize(bytes, options) {
    if (!this.folder) return optimize(bytes, options);
    const file = await this.path(bytes, options);
    try {
      return await readFile(file);
    } catch {
      const made = await optimize(bytes, options);
      await mkdir(this.folder, { recursive: true });
      await writeFile(`${file}.${process.pid}`, made);
      await rename(`${file}.${process.pid}`, file); // whole or not at all, whoever else does the same
      return made;
    }
  }
}

class Shrinker {
  constructor({ cache, report = true, include = /\.wasm$/, dropExports = false, ...options }) {
    this.options = { level: 'z', ...options };
    this.cache = new Cache(cache);
    this.include = include;
    this.report = report;
    this.dropExports = dropExports;
  }

  // Looks at the scripts and pages of the output, as { name, code }: modules then keep what these can touch.
  look(files) {
    if (!this.dropExports) return;
    const { names, prevented } = usedExports(files);
    if (names && this.options.keepExports) names.push(...[this.options.keepExports].flat());
    this.used = names && { keepExports: names, allowMissingExports: true, allowNoExports: true };
    if (this.report) console.log(prevented ? `wring: exports stay: ${prevented}` : `wring: the bundle uses ${names.length} exports: ${names.join(', ')}`);
  }

  wants(name, bytes) {
    return this.include.test(name.split('?')[0]) && isModule(bytes);
  }

  // The shrunk bytes; undefined where there is nothing to replace.
  async shrink(name, bytes, warn) {
    try {
      const small = await this.cache.optimize(bytes, { ...this.options, ...this.used });
      if (this.report) {
        const percent = ((small.length / bytes.length - 1) * 100).toFixed(1).replace('-', '−');
        console.log(`wring: ${name} ${thousands.format(bytes.length)} → ${thousands.format(small.length)} bytes (${percent} %)`);
      }
      return small.length < bytes.length ? small : undefined;
    } catch (error) {
      warn(`wring: ${name} stays as it is: ${error.message}`);
      return undefined;
    }
  }
}

// Vite and Rollup: assets of the bundle, before they are written. Names keep the hash of the original content.
const rollup = (shrinker) => ({
  async generateBundle(options, bundle) {
    const text = (source) => (typeof source === 'string' ? source : Buffer.from(source).toString());
    shrinker.look(Object.entries(bundle).filter(([name, { type }]) => type === 'chunk' || isScript(name))
      .map(([name, output]) => ({ name: output.type === 'chunk' ? asScript(name) : name, code: output.code ?? text(output.source) })));
    for (const [name, asset] of Object.entries(bundle)) {
      if (asset.type !== 'asset' || typeof asset.source === 'string' || !shrinker.wants(name, asset.source)) continue;
      const small = await shrinker.shrink(name, asset.source, (text) => this.warn(text));
      if (small) asset.source = small;
    }
  },
});

// webpack: the assets of the compilation, when it is time to make them smaller.
const webpack = (shrinker) => (compiler) => {
  compiler.hooks.thisCompilation.tap('wring', (compilation) => {
    // Once scripts are as small as they get, since what they don't contain any more they don't touch.
    const stage = compiler.webpack.Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_SIZE + 1;
    compilation.hooks.processAssets.tapPromise({ name: 'wring', stage }, async (assets) => {
      shrinker.look(Object.keys(assets).filter(isScript).map((name) => ({ name, code: assets[name].source().toString() })));
      for (const name of Object.keys(assets)) {
        const bytes = /\.wasm$/.test(name) ? Buffer.from(assets[name].source()) : undefined;
        if (!shrinker.wants(name, bytes)) continue;
        const warn = (text) => compilation.warnings.push(new compiler.webpack.WebpackError(text));
        const small = await shrinker.shrink(name, bytes, warn);
        if (small) compilation.updateAsset(name, new compiler.webpack.sources.RawSource(Buffer.from(small)));
      }
    });
  });
};

// esbuild: what it wrote, or, with write: false, what it hands over.
const esbuild = (shrinker) => ({
  setup(build) {
    build.initialOptions.metafile = true;
    build.onEnd(async (result) => {
      if (result.outputFiles) return shrinkInMemory(shrinker, result);
      const names = Object.keys(result.metafile?.outputs ?? {});
      const fileOf = (name) => path.resolve(build.initialOptions.absWorkingDir ?? process.cwd(), name);
      if (shrinker.dropExports)
        shrinker.look(await Promise.all(names.filter(isScript).map(async (name) => ({ name, code: await readFile(fileOf(name), 'utf8') }))));
      for (const name of names) {
        const file = fileOf(name);
        const bytes = /\.wasm$/.test(name) ? await readFile(file) : undefined;
        const small = shrinker.wants(name, bytes) && (await shrinker.shrink(name, bytes, (text) => result.warnings.push({ text })));
        if (small) await writeFile(file, small);
      }
    });
  },
});

async function shrinkInMemory(shrinker, result) {
  shrinker.look(result.outputFiles.filter((file) => isScript(file.path)).map((file) => ({ name: path.basename(file.path), code: file.text })));
  for (const file of result.outputFiles) {
    const name = path.basename(file.path);
    if (!shrinker.wants(name, file.contents)) continue;
    const small = await shrinker.shrink(name, file.contents, (text) => result.warnings.push({ text }));
    if (small) file.contents = small;
  }
}

const wring = createUnplugin((given = {}) => {
  const shrinker = new Shrinker(given);
  const bundle = rollup(shrinker);
  return { name: 'wring', enforce: 'post', vite: { apply: 'build', ...bundle }, rollup: bundle, webpack: webpack(shrinker), esbuild: esbuild(shrinker) };
});

export default wring;
export const { vite, rollup: rollupPlugin, webpack: webpackPlugin, esbuild: esbuildPlugin } = wring;
