// HiGHS: linear programs, a knapsack with whole numbers, an assignment and a quadratic program, all generated.
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

const sum = (terms) => terms.map(([c, name]) => `${c < 0 ? '-' : '+'} ${Math.abs(c)} ${name}`).join(' ');

function blend(next, columns, rows, integer) {
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  const constraints = Array.from({ length: rows }, (_, k) => ` c${k}: ${sum(names.filter(() => next() % 3 === 0).concat('x0').filter((n, i, all) => all.indexOf(n) === i).map((n) => [1 + (next() % 9), n]))} <= ${50 + (next() % 200)}`);
  const bounds = names.map((n) => ` 0 <= ${n} <= ${5 + (next() % 20)}`);
  return `Maximize\n obj: ${sum(names.map((n) => [1 + (next() % 20), n]))}\nSubject To\n${constraints.join('\n')}\nBounds\n${bounds.join('\n')}\n${integer ? `General\n ${names.join(' ')}\n` : ''}End\n`;
}

const quadratic = (k) => `Minimize\n obj: - ${k} x - 3 y + [ 2 x ^2 - 2 x * y + 4 y ^2 ] / 2\nSubject To\n c0: x + y <= ${4 + k}\n c1: x - y >= -2\nBounds\n 0 <= x <= 10\n 0 <= y <= 10\nEnd\n`;

await workload('highs', async ({ require: need, print, scale }) => {
  const highs = await need('highs')();
  const tell = (label, problem) => {
    const { Status, ObjectiveValue, Columns } = highs.solve(problem, { output_flag: false, random_seed: 1 });
    print(`${label} ${Status} ${ObjectiveValue.toPrecision(9)}`, JSON.stringify(Object.values(Columns).map((c) => Number(c.Primal.toPrecision(7)))));
  };
  return () => {
    const next = random(5);
    for (let i = 0; i < Math.max(1, 4 * scale); i++) {
      tell('linear', blend(next, 60 + 10 * i, 50, false));
      tell('integer', blend(next, 14, 8 + i, true));
      tell('quadratic', quadratic(i + 1));
    }
  };
});
