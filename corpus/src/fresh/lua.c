// Runs a Lua program that sorts, matches patterns, builds strings and tables, and collects garbage; prints what it says.
#include <stdio.h>
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char program[] =
    "local seed = 7\n"
    "local function rnd(n) seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n end\n"
    "local t = {} for i = 1, 20000 do t[i] = rnd(100000) end\n"
    "table.sort(t) print(t[1], t[5000], t[20000])\n"
    "table.sort(t, function(a, b) return a % 1000 > b % 1000 end) print(t[1], t[20000])\n"
    "local words, count = {}, {}\n"
    "for i = 1, 5000 do words[i] = string.format('%s%03d', string.char(97 + rnd(26)), rnd(40)) end\n"
    "local text = table.concat(words, ' ')\n"
    "for w, n in text:gmatch('(%a)(%d+)') do count[w] = (count[w] or 0) + tonumber(n) end\n"
    "local keys = {} for k in pairs(count) do keys[#keys + 1] = k end table.sort(keys)\n"
    "for _, k in ipairs(keys) do io.write(k, '=', count[k], ' ') end print()\n"
    "print((text:gsub('a(%d)', '<%1>')):sub(1, 60), #text, text:find('z0', 1, true))\n"
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(24))\n"
    "local Point = {} Point.__index = Point Point.__add = function(a, b)\n"
    "  return setmetatable({x = a.x + b.x, y = a.y + b.y}, Point) end\n"
    "local p = setmetatable({x = 0.0, y = 0.0}, Point)\n"
    "for i = 1, 30000 do p = p + setmetatable({x = i / 3, y = math.sin(i)}, Point) end\n"
    "print(string.format('%.6f %.6f', p.x, p.y))\n"
    "local co = coroutine.wrap(function() for i = 1, 1000 do coroutine.yield(i * i) end end)\n"
    "local s = 0 for i = 1, 1000 do s = s + co() end print(s, 7 // 2, 7 % -3, 1 << 40, 0x7fffffff | 1)\n"
    "print(string.pack('<i4d', 17, 2.5):byte(1, -1)) print(load('return 1 + ...')(41))\n"
    "collectgarbage() print(collectgarbage('count') < 100000, utf8.char(228, 8364), math.maxinteger)\n";

int main(void) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    int status = luaL_dostring(L, program);
    if (status) printf("error: %s\n", lua_tostring(L, -1));
    lua_close(L);
    return status;
}
