// ZXing: reads bar codes of many kinds that the package's writer made; scaled, turned, inverted, and with noise.
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const codes = {
  QRCode: 'https://example.org/?q=wring&n=12345 äöü', MicroQRCode: '12345', Aztec: 'Aztec code 0123456789', DataMatrix: 'DataMatrix <a>', PDF417: 'PDF417 holds text, 123456789012345',
  EAN13: '4006381333931', EAN8: '96385074', UPCA: '036000291452', UPCE: '01234565', Code128: 'Code128-abc', Code39: 'CODE39', Code93: 'CODE93', ITF: '12345678', Codabar: 'A12345B', MaxiCode: 'MaxiCode text', DataBar: '0401234567890',
};

// Symbol (one byte a module) to a grey picture: `zoom` pixels a module, a quiet margin, a turn, and some noise.
function picture({ data, width, height }, zoom, turn, noise, next) {
  const margin = 6 * zoom;
  const w = width * zoom + 2 * margin;
  const h = Math.max(height, height < 20 && width > 40 ? 20 : height) * zoom + 2 * margin;
  const image = { width: turn ? h : w, height: turn ? w : h, data: new Uint8ClampedArray(w * h * 4).fill(255) };
  const rows = h - 2 * margin;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < width * zoom; x++) {
      const dark = !data[Math.floor((y / rows) * height) * width + Math.floor(x / zoom)];
      const px = x + margin;
      const py = y + margin;
      const at = 4 * (turn ? px * h + (h - 1 - py) : py * w + px);
      const value = (dark ? 20 : 240) ^ (noise ? next() % noise : 0);
      image.data[at] = image.data[at + 1] = image.data[at + 2] = value;
    }
  }
  return image;
}

await workload('zxing', async ({ require, bytes, dir, print, scale }) => {
  const reader = require('./dist/cjs/reader/index.js');
  const writer = require('./dist/cjs/writer/index.js');
  await reader.prepareZXingModule({ overrides: { wasmBinary: bytes }, fireImmediately: true });
  await writer.prepareZXingModule({ overrides: { wasmBinary: readFileSync(join(dir, 'dist/writer/zxing_writer.wasm')) }, fireImmediately: true });
  const symbols = [];
  for (const [format, text] of Object.entries(codes)) {
    const made = await writer.writeBarcode(text, { format, withQuietZones: false });
    symbols.push([format, made.symbol ? made.symbol : null, made.error]);
  }
  const next = random(81);
  const show = (found) => JSON.stringify(found.map((code) => ({ ...code, bytes: code.bytes && Buffer.from(code.bytes).toString('hex'), bytesECI: undefined, symbol: code.symbol && Buffer.from(code.symbol.data).toString('base64') })));
  return async () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      for (const [format, symbol, error] of symbols) {
        if (!symbol?.width) {
          print(format, `not written: ${error}`);
          continue;
        }
        for (const [zoom, turn, noise] of [[3, false, 0], [4, true, 30], [2, false, 60]]) {
          const found = await reader.readBarcodes(picture(symbol, zoom, turn, noise, next), { tryHarder: true, tryInvert: true, returnErrors: true, maxNumberOfSymbols: 2 });
          print(`${format} ${found.map((code) => code.format + (code.text === codes[format] ? ' as written' : ` ${code.text}`)).join()}`, show(found));
        }
      }
    }
  };
});
