// Pyodide: CPython, dynamically linked: numbers, text, regular expressions, JSON, classes, generators, exceptions, the standard library.
import { workload } from '../lib/workload.mjs';

const programs = {
  numbers: `
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
from fractions import Fraction; from decimal import Decimal, getcontext; import math, cmath, statistics
getcontext().prec = 60
repr((fib(18), 7 ** 300 % (2 ** 89 - 1), sum(Fraction(1, k) for k in range(1, 40)), Decimal(2).sqrt(), math.gamma(5.5), cmath.exp(1j), statistics.stdev([1, 2, 4, 9]), 0.1 + 0.2, round(2.675, 2), divmod(-7, 3), int('zz', 36), 1e22, float.hex(0.1), hash(10 ** 30), (-7) // 2, 5 & ~3))`,
  text: `
import re, textwrap, string, unicodedata, difflib
t = ' '.join(f'{i:04x}-{chr(97 + i * 7 % 26) * (i % 5)}' for i in range(1500))
repr((len(t), re.sub(r'(\\w)\\1+', lambda m: m[1].upper(), t)[:200], len(re.findall(r'[0-9a-f]{4}-(?=z)|a{2,}', t)), textwrap.fill(t[:300], 40), 'straße'.upper().casefold(), unicodedata.normalize('NFD', 'é'), '%-8s|%+.3e|%#x' % ('a', 3.14, 255), t.encode('utf-16')[:10], sorted(set(t)), list(difflib.unified_diff(['a', 'b'], ['a', 'c'])), t.partition('-')[2][:20].title(), 'x'.join(reversed('abc'))))`,
  data: `
import json, collections, heapq, itertools, bisect, struct, zlib, base64, binascii, csv, io, random, pickle, datetime
random.seed(5); a = [random.random() for _ in range(3000)]
d = {str(i): [i, {'k': i / 3}] for i in range(800)}; s = json.dumps(d, indent=1, sort_keys=True)
out = io.StringIO(); csv.writer(out).writerows([[1, 'a,b', None]] * 3)
repr((len(s), json.loads(s) == d, collections.Counter(int(x * 10) for x in a).most_common(4), heapq.nsmallest(3, a), list(itertools.islice(itertools.permutations('abcd', 3), 5)), bisect.bisect(sorted(a), 0.5), struct.pack('<hIdq', -2, 7, 1.5, -9).hex(), zlib.crc32(s.encode()), len(zlib.compress(s.encode(), 9)), pickle.loads(pickle.dumps(d)) == d, out.getvalue(), datetime.datetime(2024, 2, 29, 12).isoformat(), (datetime.date(2026, 11, 23) - datetime.date(1999, 1, 1)).days, random.sample(range(99), 5), base64.b85encode(b'hello')))`,
  objects: `
import dataclasses, functools, abc, contextlib, enum, asyncio, types
@dataclasses.dataclass(order=True)
class P:
    x: int
    y: list = dataclasses.field(default_factory=list, compare=False)
class A(abc.ABC):
    def __init_subclass__(cls, **kw): cls.tag = kw.get('tag')
    @property
    def v(self): return self._v
    @v.setter
    def v(self, n): self._v = n * 2
class B(A, tag='b'):
    __slots__ = ('_v',)
    def __getattr__(self, n): return n + '?'
    def __call__(self, *a, **k): return len(a), sorted(k)
class E(enum.Flag): R = 1; G = 2
@functools.lru_cache
def c(n): return n if n < 2 else c(n - 1) + c(n - 2)
def g(n):
    try:
        for i in range(n):
            r = yield i * i
            if r: yield r
    finally: log.append('closed')
log = []
def fails(f):
    found = []
    try: f()
    except* (ValueError, TypeError) as e: found += [type(x).__name__ + str(x) for x in e.exceptions]
    except* BaseException as e: found += [type(x).__name__ + str(x) for x in e.exceptions]
    return found
def deep(n): return 1 / n if n == 0 else deep(n - 1)
it = g(9); next(it); it.send('sent'); it.close(); b = B(); b.v = 4
match [1, {'k': (2, 3)}]:
    case [int(i), {'k': (a, *rest)}] if i: log.append((i, a, rest))
repr((P(1) < P(2), P(3, [4]), b.v, b.zzz, b(1, *[2], k=3), B.tag, E.R | E.G, c(300), log, fails(lambda: int('x')), fails(lambda: deep(50)), fails(lambda: [][1]), fails(lambda: {}['k']), fails(lambda: None + 1), [*map(lambda x, y: x @ y if 0 else x, 'ab', 'cd')], f'{b.v!r:>5}'))`,
  loops: `
def sieve(n):
    s = bytearray([1]) * (n + 1)
    for i in range(2, int(n ** .5) + 1):
        if s[i]: s[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return sum(s) - 2
def queens(n, row=0, cols=0, d1=0, d2=0):
    if row == n: return 1
    return sum(queens(n, row + 1, cols | 1 << c, d1 | 1 << row + c, d2 | 1 << row - c + n) for c in range(n) if not (cols >> c & 1 or d1 >> row + c & 1 or d2 >> row - c + n & 1))
m = [[(i * j) % 7 for j in range(30)] for i in range(30)]
prod = [[sum(a * b for a, b in zip(r, col)) for col in zip(*m)] for r in m]
x = 1
for i in range(60000): x = (x * 1103515245 + i ^ x >> 5) & 0xffffffff
repr((sieve(100000), queens(6), prod[7][:6], x, sorted(range(2000), key=lambda v: v * 7919 % 2003)[:8], len({frozenset((i % 7, i % 11)) for i in range(500)})))`,
};

await workload('pyodide', async ({ load, dir, print, scale }) => {
  const { loadPyodide } = await load('pyodide.mjs');
  const output = [];
  const python = await loadPyodide({ indexURL: dir, env: { PYTHONHASHSEED: '0', HOME: '/home' }, stdout: (line) => output.push(line), stderr: (line) => output.push(line) });
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      for (const [name, source] of Object.entries(programs)) {
        const result = python.runPython(source, { globals: python.toPy({}) });
        if (!round) print(name, result);
      }
    }
    try {
      python.runPython('def f(): raise KeyError("from Python")\nf()');
    } catch (error) {
      print('error', error.message);
    }
    print('border', JSON.stringify(python.runPython('from js import Math\n[Math.max(3, 9), {"a": [1, 2.5, None, "x"]}]').toJs({ dict_converter: Object.fromEntries })));
    print('output', output.join('\n'));
  };
});
