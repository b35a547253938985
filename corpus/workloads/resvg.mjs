// resvg: renders SVG drawings with paths, gradients, patterns, filters, masks, clips, markers and text.
import { font } from '../lib/font.mjs';
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

function drawing(next, shapes) {
  const n = (limit) => (next() % (limit * 10)) / 10;
  const colour = () => `hsl(${next() % 360},${40 + (next() % 60)}%,${30 + (next() % 50)}%)`;
  const fills = [colour, () => 'url(#linear)', () => 'url(#radial)', () => 'url(#pattern)'];
  const paint = () => fills[next() % fills.length]();
  const forms = [
    () => `<path d="M${n(400)} ${n(400)}C${n(400)} ${n(400)} ${n(400)} ${n(400)} ${n(400)} ${n(400)}S${n(400)} ${n(400)} ${n(400)} ${n(400)}A${n(60) + 1} ${n(60) + 1} ${n(90)} 1 0 ${n(400)} ${n(400)}q9 ${n(50)} -20 3z" fill="${paint()}" fill-rule="evenodd"/>`,
    () => `<rect x="${n(350)}" y="${n(350)}" width="${n(90) + 1}" height="${n(90) + 1}" rx="${n(20)}" fill="${paint()}" transform="rotate(${n(360)} 200 200)"/>`,
    () => `<ellipse cx="${n(400)}" cy="${n(400)}" rx="${n(60) + 1}" ry="${n(60) + 1}" fill="${paint()}" opacity="${(next() % 10) / 10}" stroke="${colour()}" stroke-width="${n(6)}" stroke-dasharray="${n(9) + 1} ${n(5) + 1}"/>`,
    () => `<polyline points="${n(400)},${n(400)} ${n(400)},${n(400)} ${n(400)},${n(400)}" fill="none" stroke="${paint()}" stroke-width="${n(9)}" stroke-linejoin="round" stroke-linecap="square" marker-end="url(#arrow)"/>`,
    () => `<g clip-path="url(#clip)"><circle cx="${n(400)}" cy="${n(400)}" r="${n(70) + 1}" fill="${paint()}"/></g>`,
    () => `<g mask="url(#mask)" style="mix-blend-mode:${['multiply', 'screen', 'overlay', 'difference'][next() % 4]}"><rect x="${n(300)}" y="${n(300)}" width="100" height="80" fill="${paint()}"/></g>`,
    () => `<g filter="url(#filter${next() % 3})"><circle cx="${n(400)}" cy="${n(400)}" r="${n(30) + 1}" fill="${colour()}"/></g>`,
    () => `<use href="#star" x="${n(400)}" y="${n(400)}" fill="${colour()}"/>`,
  ];
  const body = Array.from({ length: shapes }, () => forms[next() % forms.length]()).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400"><style>.s { stroke: #123; } rect:first-child { fill: red }</style><defs>
<linearGradient id="linear" x2="1" y2=".5" spreadMethod="reflect"><stop offset="10%" stop-color="gold"/><stop offset="60%" stop-color="#08f" stop-opacity=".6"/></linearGradient>
<radialGradient id="radial" fx=".3"><stop stop-color="white"/><stop offset="1" stop-color="purple"/></radialGradient>
<pattern id="pattern" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="skewX(20)"><rect width="7" height="7" fill="teal"/><circle cx="9" cy="9" r="3"/></pattern>
<clipPath id="clip"><path d="M100 10L390 300H10z"/></clipPath><mask id="mask"><rect width="400" height="400" fill="url(#linear)"/></mask>
<marker id="arrow" orient="auto" markerWidth="5" markerHeight="5" refX="2" refY="2"><path d="M0 0L5 2L0 5z"/></marker><path id="curve" d="M20 380Q200 250 380 380"/><path id="star" d="M0-10L3-3L10 0L3 3L0 10L-3 3L-10 0L-3-3z"/>
<filter id="filter0"><feGaussianBlur stdDeviation="4"/><feOffset dx="3" dy="2"/><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>
<filter id="filter1"><feTurbulence baseFrequency=".05" numOctaves="2" seed="3"/><feDisplacementMap in="SourceGraphic" scale="9"/><feColorMatrix type="hueRotate" values="70"/></filter>
<filter id="filter2"><feMorphology operator="dilate" radius="2"/><feDiffuseLighting surfaceScale="3"><fePointLight x="50" y="60" z="90"/></feDiffuseLighting><feComposite in2="SourceGraphic" operator="arithmetic" k1=".5" k2=".5"/><feConvolveMatrix kernelMatrix="1 0 -1 2 0 -2 1 0 -1"/></filter>
</defs><rect width="400" height="400" fill="#eef"/>${body}<text x="9" y="40" font-size="22" font-family="DejaVu Sans" font-weight="bold" fill="url(#linear)" stroke="navy" stroke-width=".5">Wring <tspan dy="5" font-size="14" font-weight="normal" text-decoration="underline">&amp; fi ffl AVA é</tspan></text>
<text font-size="12"><textPath href="#curve">text along a path</textPath></text></svg>`;
}

await workload('resvg', async ({ require, bytes, print, scale }) => {
  const { initWasm, Resvg } = require('./index.js');
  await initWasm(bytes);
  const fontBuffers = [new Uint8Array(font()), new Uint8Array(font(700))];
  const next = random(71);
  return () => {
    for (let i = 0; i < Math.max(1, 6 * scale); i++) {
      const image = new Resvg(drawing(next, 70), { fitTo: { mode: 'width', value: 300 + i * 40 }, font: { loadSystemFonts: false, fontBuffers, defaultFontFamily: 'DejaVu Sans' }, logLevel: 'off', shapeRendering: i % 3 });
      const rendered = image.render();
      print(`${rendered.width}x${rendered.height}`, rendered.pixels);
      print('png', rendered.asPng());
      print('text', image.toString());
      const box = image.getBBox();
      print('box', `${box?.x} ${box?.y} ${box?.width} ${box?.height}`);
    }
    for (const bad of ['<svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'x']) {
      try {
        print(bad, new Resvg(bad).render().asPng());
      } catch (error) {
        print(bad, String(error.message ?? error));
      }
    }
  };
});
