// MicroPython: programs with classes, closures, generators, exceptions, long integers, formatting and a sort of its own.
import { workload } from '../lib/workload.mjs';

const program = (n) => `
class Node:
    def __init__(self, key): self.key, self.left, self.right = key, None, None
    def add(self, key):
        side = 'left' if key < self.key else 'right'
        child = getattr(self, side)
        if child: child.add(key)
        else: setattr(self, side, Node(key))
    def walk(self):
        if self.left: yield from self.left.walk()
        yield self.key
        if self.right: yield from self.right.walk()
def noise(seed):
    while True:
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        yield seed
numbers = noise(${n})
root = Node(next(numbers))
for i in range(300): root.add(next(numbers) % 10007)
print(list(root.walk())[:40])
print(sum(i * i for i in range(4000)), 3 ** 200 % (10 ** 40 + 7), 2.5 ** 0.5, -17 // 5, -17 % 5)
words = {}
for i in range(2000):
    w = 'w%03d' % (next(numbers) % 97)
    words[w] = words.get(w, 0) + 1
print(sorted(words.items(), key=lambda p: (-p[1], p[0]))[:10])
def sieve(n):
    flags = bytearray(n)
    for i in range(2, n):
        if not flags[i]:
            yield i
            for k in range(i * i, n, i): flags[k] = 1
print(len(list(sieve(20000))))
try:
    [1, 2, 3][7]
except IndexError as e:
    print('caught', e)
try:
    {}['none']
except KeyError as e:
    print('caught', repr(e))
print('{:>10.3f}|{:<8}|{:08x}|{!r}'.format(3.14159, 'ab', 48879, 'q"'), f'{1e100:.5g} {1/3}')
import json
print(json.dumps({'a': [1, 2.5, None, True], 'b': 'text'}), json.loads('[1, {"x": [2]}]'))
import re
print(re.sub('([a-z]+)([0-9]+)', lambda m: m.group(2) + m.group(1), 'ab12 cd345 e6'))
`;

await workload('micropython', async ({ load, print, scale }) => {
  const lines = [];
  const { loadMicroPython } = await load('micropython.mjs');
  const mp = await loadMicroPython({ stdout: (line) => lines.push(line), linebuffer: true, heapsize: 8 << 20 });
  return () => {
    for (let i = 0; i < Math.max(1, 12 * scale); i++) mp.runPython(program(i + 1));
    print('output', lines.join('\n'));
  };
});
