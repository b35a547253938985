// Writes the core modules that hold the counters of a component. A profile is text whose lines have a count
// in front, so that all but the counts lies ready in a data segment and is copied:
//
//   (func $profile (result i32)
//     …                                                (call $text (i32.const SIZE))   "# module …\n"
//     (call $line (global.get $0) (i32.const SIZE))    "12" and "\t0\tmain\n"
//     …)
//
// Functions that were never called have no line. The runtime of a component is told where the text is by
// two numbers at the memory's begin. What these modules import is lowered from wasi:io and wasi:cli:
// standard error is written in pieces of the size that blocking-write-and-flush takes at most.
#include "counter_module.h"

#include "counters.h"
#include "ir/asm.h"
#include "ir/module.h"
#include <stdio.h>

enum { FAILED = 8, DIGITS_END = 64, TEXT = 64, LONGEST_COUNT = 20, PIECE = 4096, PAGE = 65536 };
enum { T_NOTHING, T_GIVE_I32, T_TAKE_I32, T_WRITE, T_LINE, TYPES };
enum { OUT, IN, DUMPED, OWN_GLOBALS };

static const char title[] = "# wring profile 1\n", end[] = "# end of the profile\n";

typedef struct maker {
    wr_env *env;
    const wr_counted_modules *counted;
    wr_buf out;
    bool dumps;
    uint32_t exits;
    uint32_t nfunc_imports;
    uint32_t begin; // of the profile in memory
} maker;

// --- Sections ---

static void put_section(wr_buf *out, uint8_t id, const wr_buf *payload) {
    wr_put_u8(out, id);
    wr_put_sized(out, wr_buf_slice(payload));
}

static void put_text(wr_buf *b, const char *text) { wr_put_sized(b, wr_slice_of(text, strlen(text))); }

static void put_import(wr_buf *b, const char *name, unsigned kind, uint32_t type) {
    put_text(b, "");
    put_text(b, name);
    wr_put_u8(b, (uint8_t)kind);
    wr_put_uleb(b, type);
}

static void put_export(wr_buf *b, const char *name, unsigned kind, uint32_t index) {
    put_text(b, name);
    wr_put_u8(b, (uint8_t)kind);
    wr_put_uleb(b, index);
}

static wr_buf begin_module(wr_env *env) {
    static const uint8_t magic[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    static const uint8_t types[] = {TYPES, 0x60, 0,    0,    0x60, 0,    1, 0x7f, 0x60, 1,    0x7f, 0,
                                    0x60,  4,    0x7f, 0x7f, 0x7f, 0x7f, 0, 0x60, 2,    0x7e, 0x7f, 0};
    wr_buf out = wr_buf_in(&env->perm);
    wr_put_bytes(&out, magic, sizeof magic);
    wr_put_u8(&out, WR_SEC_TYPE);
    wr_put_sized(&out, wr_slice_of(types, sizeof types));
    return out;
}

static uint32_t text_size(const wr_counted_modules *counted) {
    size_t n = sizeof title - 1 + sizeof end - 1;
    for (uint32_t i = 0; i < counted->list.n; i++) n += counted->list.v[i].text.n;
    return (uint32_t)n;
}

static uint32_t count_counters(const wr_counted_modules *counted) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < counted->list.n; i++) n += counted->list.v[i].nfuncs;
    return n;
}

// --- Code ---

// The functions of the counters' module, behind its imports.
enum { F_TEXT, F_LINE, F_PROFILE, F_DUMP, F_EXIT };
enum { I_STDERR, I_WRITE, I_EXIT };

static uint32_t func_at(const maker *mk, uint32_t func) { return mk->nfunc_imports + func; }

static void put_body(wr_buf *code, wr_buf *body) {
    WR_ASM(body, END);
    wr_put_sized(code, wr_buf_slice(body));
    body->n = 0;
}

// Copies a piece of the text that lies ready, whose size is the parameter.
static void put_text_func(wr_buf *b) {
    wr_asm_locals(b, 0);
    WR_ASM(b, GLOBAL_GET(OUT), GLOBAL_GET(IN), GET(0), WR_INS(MEMORY_COPY), GLOBAL_GET(OUT), GET(0), ADD,
           GLOBAL_SET(OUT), GLOBAL_GET(IN), GET(0), ADD, GLOBAL_SET(IN));
}

// Writes a count in decimal and the rest of its line, or skips the line.
static void put_line_func(const maker *mk, wr_buf *b) {
    const wr_ins ten = I64(10);
    wr_asm_locals(b, 1);
    WR_ASM(b, GET(0), WR_INS(I64_EQZ), IF, GLOBAL_GET(IN), GET(1), ADD, GLOBAL_SET(IN), RETURN, END);
    WR_ASM(b, I32(DIGITS_END), SET(2), LOOP, GET(2), I32(1), SUB, TEE(2), GET(0), ten, WR_INS(I64_REM_U),
           WRAP, I32('0'), ADD, STORE8, GET(0), ten, WR_INS(I64_DIV_U), TEE(0), I64(0), WR_INS(I64_NE), BR_IF,
           END);
    WR_ASM(b, GLOBAL_GET(OUT), GET(2), I32(DIGITS_END), GET(2), SUB, WR_INS(MEMORY_COPY));
    WR_ASM(b, GLOBAL_GET(OUT), I32(DIGITS_END), ADD, GET(2), SUB, GLOBAL_SET(OUT));
    WR_ASM(b, GET(1), CALL(func_at(mk, F_TEXT)));
}

static void put_profile_func(const maker *mk, wr_buf *b) {
    uint32_t global = OWN_GLOBALS;
    wr_asm_locals(b, 0);
    WR_ASM(b, I32(TEXT), GLOBAL_SET(IN), I32(mk->begin), GLOBAL_SET(OUT));
    WR_ASM(b, I32(sizeof title - 1), CALL(func_at(mk, F_TEXT)));
    for (uint32_t i = 0; i < mk->counted->list.n; i++) {
        const wr_counted_module *module = &mk->counted->list.v[i];
        WR_ASM(b, I32(module->sizes[0]), CALL(func_at(mk, F_TEXT)));
        for (uint32_t f = 0; f < module->nfuncs; f++, global++)
            WR_ASM(b, GLOBAL_GET(global), I32(module->sizes[f + 1]), CALL(func_at(mk, F_LINE)));
    }
    WR_ASM(b, I32(sizeof end - 1), CALL(func_at(mk, F_TEXT)));
    WR_ASM(b, I32(0), I32(mk->begin), STORE(0), I32(0), GLOBAL_GET(OUT), I32(mk->begin), SUB, STORE(4),
           I32(0));
}

static void put_dump_func(const maker *mk, wr_buf *b) {
    wr_asm_locals(b, 3);
    WR_ASM(b, GLOBAL_GET(DUMPED), IF, RETURN, END, I32(1), GLOBAL_SET(DUMPED));
    WR_ASM(b, CALL(func_at(mk, F_PROFILE)), LOAD(0), SET(1), CALL(I_STDERR), SET(0), LOOP);
    WR_ASM(b, GLOBAL_GET(OUT), GET(1), SUB, TEE(2), I32(PIECE), GT_U, IF, I32(PIECE), SET(2), END, GET(2),
           IF);
    WR_ASM(b, GET(0), GET(1), GET(2), I32(FAILED), CALL(I_WRITE), GET(1), GET(2), ADD, SET(1));
    WR_ASM(b, I32(0), LOAD8(FAILED), I32(0), EQ, WR_INS(BR_IF, .a = 1), END, END);
}

static void put_code(maker *mk) {
    wr_arena *perm = &mk->env->perm;
    wr_buf code = wr_buf_in(perm), body = wr_buf_in(perm);
    wr_put_uleb(&code, F_DUMP + (mk->dumps ? 1 + mk->exits : 0));
    put_text_func(&body), put_body(&code, &body);
    put_line_func(mk, &body), put_body(&code, &body);
    put_profile_func(mk, &body), put_body(&code, &body);
    if (mk->dumps) put_dump_func(mk, &body), put_body(&code, &body);
    for (uint32_t i = 0; mk->dumps && i < mk->exits; i++) {
        wr_asm_locals(&body, 0);
        WR_ASM(&body, CALL(func_at(mk, F_DUMP)), GET(0), CALL(I_EXIT + i));
        put_body(&code, &body);
    }
    put_section(&mk->out, WR_SEC_CODE, &code);
}

// --- The counters' module ---

static void exit_name(uint32_t i, char *name) { snprintf(name, 16, "exit %u", i); }

static void put_imports(maker *mk) {
    char name[16];
    wr_buf b = wr_buf_in(&mk->env->perm);
    wr_put_uleb(&b, 1 + mk->nfunc_imports);
    if (mk->dumps) {
        put_import(&b, "stderr", WR_FUNC, T_GIVE_I32);
        put_import(&b, "write", WR_FUNC, T_WRITE);
        for (uint32_t i = 0; i < mk->exits; i++) {
            exit_name(i, name);
            put_import(&b, name, WR_FUNC, T_TAKE_I32);
        }
    }
    put_import(&b, "memory", WR_MEMORY, 0); // limits: no maximum,
    wr_put_u8(&b, 0);                       // at least nothing
    put_section(&mk->out, WR_SEC_IMPORT, &b);
}

static void put_functions(maker *mk) {
    static const uint8_t types[] = {T_TAKE_I32, T_LINE, T_GIVE_I32, T_NOTHING};
    wr_buf b = wr_buf_in(&mk->env->perm);
    wr_put_uleb(&b, F_DUMP + (mk->dumps ? 1 + mk->exits : 0));
    wr_put_bytes(&b, types, mk->dumps ? F_EXIT : F_DUMP);
    for (uint32_t i = 0; mk->dumps && i < mk->exits; i++) wr_put_u8(&b, T_TAKE_I32);
    put_section(&mk->out, WR_SEC_FUNCTION, &b);
}

static void put_globals(maker *mk, uint32_t ncounters) {
    static const uint8_t own[] = {0x7f, 1, 0x41, 0, 0x0b}, counter[] = {0x7e, 1, 0x42, 0, 0x0b};
    wr_buf b = wr_buf_in(&mk->env->perm);
    wr_put_uleb(&b, OWN_GLOBALS + ncounters);
    for (uint32_t i = 0; i < OWN_GLOBALS; i++) wr_put_bytes(&b, own, sizeof own);
    for (uint32_t i = 0; i < ncounters; i++) wr_put_bytes(&b, counter, sizeof counter);
    put_section(&mk->out, WR_SEC_GLOBAL, &b);
}

static void put_exports(maker *mk, uint32_t ncounters) {
    char name[32];
    wr_buf b = wr_buf_in(&mk->env->perm);
    uint32_t global = OWN_GLOBALS;
    wr_put_uleb(&b, 2 + (mk->dumps ? 1 + mk->exits : 0) + ncounters);
    put_export(&b, WR_PROFILE_FUNCTION, WR_FUNC, func_at(mk, F_PROFILE));
    put_export(&b, "memory", WR_MEMORY, 0);
    if (mk->dumps) put_export(&b, "dump", WR_FUNC, func_at(mk, F_DUMP));
    for (uint32_t i = 0; mk->dumps && i < mk->exits; i++) {
        exit_name(i, name);
        put_export(&b, name, WR_FUNC, func_at(mk, F_EXIT + i));
    }
    for (uint32_t i = 0; i < mk->counted->list.n; i++)
        for (uint32_t f = 0; f < mk->counted->list.v[i].nfuncs; f++) {
            snprintf(name, sizeof name, WR_COUNTER_OF_MODULE, mk->counted->list.v[i].number, f);
            put_export(&b, name, WR_GLOBAL, global++);
        }
    put_section(&mk->out, WR_SEC_EXPORT, &b);
}

static void put_data(maker *mk) {
    wr_buf b = wr_buf_in(&mk->env->perm);
    wr_put_u8(&b, 1); // a segment,
    wr_put_u8(&b, 0); // active
    WR_ASM(&b, I32(TEXT), END);
    wr_put_uleb(&b, text_size(mk->counted));
    wr_put_bytes(&b, title, sizeof title - 1);
    for (uint32_t i = 0; i < mk->counted->list.n; i++) wr_put_slice(&b, mk->counted->list.v[i].text);
    wr_put_bytes(&b, end, sizeof end - 1);
    put_section(&mk->out, WR_SEC_DATA, &b);
}

wr_slice wr_counter_module(wr_env *env, const wr_counted_modules *counted, bool dumps, uint32_t exits) {
    uint32_t ncounters = count_counters(counted);
    maker mk = {.env = env, .counted = counted, .dumps = dumps, .exits = exits, .out = begin_module(env)};
    mk.nfunc_imports = dumps ? I_EXIT + exits : 0;
    mk.begin = TEXT + text_size(counted);
    put_imports(&mk);
    put_functions(&mk);
    put_globals(&mk, ncounters);
    put_exports(&mk, ncounters);
    put_code(&mk);
    put_data(&mk);
    return wr_buf_slice(&mk.out);
}

wr_slice wr_counter_memory(wr_env *env, const wr_counted_modules *counted) {
    uint64_t size = TEXT + 2ull * text_size(counted) + (uint64_t)LONGEST_COUNT * count_counters(counted);
    wr_buf out = begin_module(env), b = wr_buf_in(&env->perm);
    wr_put_u8(&b, 1);
    wr_put_u8(&b, 0);
    wr_put_uleb(&b, (size + PAGE - 1) / PAGE);
    put_section(&out, WR_SEC_MEMORY, &b);
    b.n = 0;
    wr_put_u8(&b, 1);
    put_export(&b, "memory", WR_MEMORY, 0);
    put_section(&out, WR_SEC_EXPORT, &b);
    return wr_buf_slice(&out);
}

wr_slice wr_counter_runner(wr_env *env) {
    wr_buf out = begin_module(env), b = wr_buf_in(&env->perm), body = wr_buf_in(&env->perm);
    static const uint8_t func[] = {1, T_GIVE_I32};
    wr_put_u8(&b, 2);
    put_import(&b, "run", WR_FUNC, T_GIVE_I32);
    put_import(&b, "dump", WR_FUNC, T_NOTHING);
    put_section(&out, WR_SEC_IMPORT, &b);
    wr_put_u8(&out, WR_SEC_FUNCTION);
    wr_put_sized(&out, wr_slice_of(func, sizeof func));
    b.n = 0;
    wr_put_u8(&b, 1);
    put_export(&b, "run", WR_FUNC, 2);
    put_section(&out, WR_SEC_EXPORT, &b);
    b.n = 0;
    wr_put_u8(&b, 1);
    wr_asm_locals(&body, 0);
    WR_ASM(&body, CALL(0), CALL(1));
    put_body(&b, &body);
    put_section(&out, WR_SEC_CODE, &b);
    return wr_buf_slice(&out);
}
