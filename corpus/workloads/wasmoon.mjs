// wasmoon: Lua programs with tables, closures, coroutines, metatables, patterns and errors, and calls of JavaScript.
import { workload } from '../lib/workload.mjs';

const program = `
local seed, n = ...
local function rnd() seed = (seed * 1103515245 + 12345) & 0x7fffffff return seed end
local t = {} for i = 1, 2000 do t[i] = rnd() % 10007 end
table.sort(t, function(a, b) return a > b end)
local V = setmetatable({}, {__call = function(c, x, y) return setmetatable({x = x, y = y}, c) end})
V.__index, V.__add = V, function(a, b) return V(a.x + b.x, a.y + b.y) end
V.__tostring = function(v) return string.format('(%.3f,%d)', v.x, v.y) end
local v = V(0.5, 1) for i = 1, 500 do v = v + V(i / 3, i) end
local out = {tostring(v), table.concat(t, ' ', 1, 20)}
local co = coroutine.wrap(function() for i = 1, 50 do coroutine.yield(i * i) end end)
local s = 0 for i = 1, 50 do s = s + co() end
out[#out + 1] = tostring(s)
local text = ('the quick brown fox %d '):rep(40):gsub('%d', n)
for w, k in text:gmatch('(%a+) (%a)') do s = s + #w end
out[#out + 1] = s .. text:upper():reverse():sub(1, 60)
out[#out + 1] = tostring(select(2, pcall(function() local x = nil; return x.y end)))
local function fib(k) if k < 2 then return k end return fib(k - 1) + fib(k - 2) end
out[#out + 1] = fib(18) .. ' ' .. 7 // 2 .. ' ' .. -7 % 3 .. ' ' .. 2 ^ 0.5 .. ' ' .. math.maxinteger
out[#out + 1] = string.pack('>i4 d s1', n, 1.5, 'x'):byte(1, -1)
return table.concat(out, '\\n') .. host(n)
`;

await workload('wasmoon', async ({ require: need, print, scale }) => {
  const { LuaFactory } = need('./dist/index.js');
  const lua = await new LuaFactory().createEngine({ openStandardLibs: true });
  lua.global.set('host', (n) => `from JavaScript ${n + 1}`);
  return () => {
    lua.doStringSync(`function run(...) ${program} end`);
    const run = lua.global.get('run');
    for (let i = 1; i <= Math.max(1, 25 * scale); i++) print(`run ${i}`, run(i * 77, i));
  };
});
