const s = require(process.argv[2]);
console.log(s.greet('wring'), s.words('to be or not to be'), s.parse(' 2.5e3 '));
try { s.parse('x'); } catch (e) { console.log(String(e)); }
console.log(s.each([1, 2, 3], { call: n => n * n }));
const stack = new s.Stack();
for (const n of [1n, 2n ** 40n, -7n]) stack.push(n);
console.log(stack.total(), stack.pop(), stack.pop(), stack.pop(), stack.pop());
