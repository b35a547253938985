// How corpus/check shows its results: aligned columns, colours on a terminal, summary lines.
import { compressions } from './sizes.mjs';

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
export const red = paint(31);
export const green = paint(32);
export const dim = paint(2);
export const bold = paint(1);

export const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
export const geomean = (ratios) => (ratios.length ? Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length) : null);
const percent = (ratio) => (ratio == null ? '-' : `${(ratio * 100).toFixed(2)}%`);
const megabytes = (bytes) => (bytes == null ? '-' : `${(bytes / 2 ** 20).toFixed(bytes < 100 * 2 ** 20 ? 1 : 0)}M`);

const columns = [
  ['module', -15], ['level', -7], ['bytes', 11], ['raw', 8], ['gzip', 8], ['brotli', 8], ['zstd', 8],
  ['sec', 7], ['MB/s', 7], ['peak', 7], ['run', 10], ['time', 7],
];

// Pads by what is seen: colour codes take no room.
function pad(text, width) {
  const seen = text.replace(/\x1b\[\d+m/g, '').length;
  const fill = ' '.repeat(Math.max(0, Math.abs(width) - seen));
  return width < 0 ? text + fill : fill + text;
}

const line = (cells) => cells.map((cell, i) => pad(cell, columns[i][1])).join(' ').trimEnd();

// Makes room for the longest name.
export const fitNames = (names) => (columns[0][1] = -Math.max(19, ...names.map((name) => name.length)));

export const header = () => bold(line(columns.map(([name]) => name)));

function verdict(run) {
  if (run === 'same') return green('same');
  if (run === 'DIFFERENT' || run === 'failed') return red(run);
  return dim(run ?? '-');
}

function sizeCells(sizes, input) {
  return ['raw', ...compressions].map((name) => {
    if (sizes[name] == null || input[name] == null) return '-';
    const text = percent(sizes[name] / input[name]);
    return sizes[name] > input[name] ? red(text) : text;
  });
}

function inputLine(report) {
  const { input } = report;
  const absolute = compressions.map((name) => (input.sizes[name] == null ? '-' : thousands(input.sizes[name])));
  const time = input.run?.runMs == null ? '-' : `${input.run.runMs.toFixed(0)}ms`;
  return line([bold(report.name), dim('input'), thousands(input.sizes.raw), '', ...absolute, '', '', '', dim(input.run?.state ?? 'not run'), time]);
}

function variantLine(report, variant) {
  const { input } = report;
  const cells = variant.sizes ? [thousands(variant.sizes.raw), ...sizeCells(variant.sizes, input.sizes)] : ['-', '-', '-', '-', '-'];
  const speed = variant.seconds ? (input.sizes.raw / 1e6 / variant.seconds).toFixed(1) : '-';
  const ratio = variant.timeRatio == null ? '-' : `${variant.timeRatio.toFixed(3)}x`;
  return line(['', variant.label, ...cells, variant.seconds == null ? '-' : variant.seconds.toFixed(2), speed, megabytes(variant.peak), verdict(variant.run), ratio]);
}

export function moduleLines(report) {
  const lines = [inputLine(report)];
  for (const problem of report.problems ?? []) lines.push(red(`  ! ${problem}`));
  for (const variant of report.variants) {
    lines.push(variantLine(report, variant));
    for (const problem of variant.problems) lines.push(red(`  ! ${variant.label}: ${problem}`));
  }
  return lines.join('\n');
}

function meanLine(row) {
  const sizes = ['raw', ...compressions].map((name) => percent(row[name]));
  const speed = row.megabytesPerSecond == null ? '-' : row.megabytesPerSecond.toFixed(1);
  return line([dim(`${row.modules} ${row.group}`), row.label, '', ...sizes, row.seconds.toFixed(2), speed, megabytes(row.peak), '', row.time == null ? '-' : `${row.time.toFixed(3)}x`]);
}

export function summaryLines(summary) {
  const lines = ['', bold('geometric means of output / input; seconds in all; highest peak'), ...summary.levels.map(meanLine)];
  for (const { label, against, modules, ...ratios } of summary.rivals) {
    const parts = ['raw', ...compressions].filter((name) => ratios[name] != null).map((name) => `${name} ${percent(ratios[name])}`);
    lines.push(`wring ${label} / Binaryen ${against}, ${modules} modules: ${parts.join('  ')}`);
  }
  const { counts } = summary;
  const bad = counts.different + counts.failed + counts.larger + counts.invalid + counts.unsteady;
  const told = `${counts.outputs} outputs: ${counts.same} same, ${counts.different} different, ${counts.failed} failed, ${counts.larger} larger, ${counts.invalid} invalid, ${counts.unsteady} not deterministic, ${counts.notRun} not run`;
  return [...lines, bad ? red(told) : green(told)].join('\n');
}
