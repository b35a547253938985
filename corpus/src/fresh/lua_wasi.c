// What linit.c wants of the libraries that are left out: io.write and nothing else, os.time as a constant.
#include <stdio.h>
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static int write_all(lua_State *L) {
    for (int i = 1; i <= lua_gettop(L); i++) fputs(luaL_checkstring(L, i), stdout);
    return 0;
}

static int answer_time(lua_State *L) {
    lua_pushinteger(L, 86400);
    return 1;
}

int luaopen_io(lua_State *L) {
    static const luaL_Reg functions[] = {{"write", write_all}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}

int luaopen_os(lua_State *L) {
    static const luaL_Reg functions[] = {{"time", answer_time}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
