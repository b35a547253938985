// Renames imports and exports to a, b, c, …:
//
//   before:  (import "env" "emscripten_memcpy_big" (func (param i32 i32 i32)))
//            (export "__wasm_call_ctors" (func 3))
//   after:   (import "a" "a" (func (param i32 i32 i32)))
//            (export "b" (func 3))
//
// Code doesn't depend on these names, so bodies stay byte for byte; whoever instantiates the module must
// learn the new names from the map. As in wasm-opt, imports and exports draw from one sequence of names,
// which are JavaScript identifiers. Unless modules are renamed too, only imports from "env" and from "wasi_…"
// are renamed, since JavaScript may make up others at run time ("GOT.mem"). The lines OLD => NEW have no room
// for a module: the same name from two modules, or of an import and an export, gets a single new name there.
#include "minify.h"

#include "ir/decode/decode.h"
#include "support/hash.h"
#include "support/map.h"

static const char first_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";
static const char later_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$0123456789";

// Words of one to four letters that are no identifiers. Longer names than that are never needed.
static const char *const reserved[] = {"do",   "if",   "in",   "for",  "let",  "new",  "try",  "var", "env",
                                       "case", "else", "enum", "null", "this", "true", "void", "with"};

typedef struct renamed {
    wr_slice module; // of an import; of an export, and wherever the map has no modules, NULL
    wr_slice old, name;
    bool is_export;
} renamed;

typedef struct renaming {
    wr_env *env;
    const wr_minify *how;
    wr_module m;
    uint32_t next;
    WR_VEC(renamed) names;
    wr_map map; // of `names`, by module and old name
} renaming;

static bool is_reserved(wr_slice name) {
    for (size_t i = 0; i < WR_COUNT(reserved); i++)
        if (wr_slice_is(name, reserved[i])) return true;
    return false;
}

// The name of a number: 0 is "a", 54 is "aa".
static wr_slice spell(wr_env *env, uint32_t number) {
    uint8_t *text = wr_alloc(&env->perm, 8);
    size_t n = 0;
    text[n++] = (uint8_t)first_letters[number % (sizeof first_letters - 1)];
    for (number /= sizeof first_letters - 1; number; number /= sizeof later_letters - 1)
        text[n++] = (uint8_t)later_letters[--number % (sizeof later_letters - 1)];
    return wr_slice_of(text, n);
}

static wr_slice next_name(renaming *r) {
    wr_slice name;
    do name = spell(r->env, r->next++);
    while (is_reserved(name));
    return name;
}

static bool same_name(const renamed *a, const renamed *b) {
    return wr_slice_eq(a->module, b->module) && wr_slice_eq(a->old, b->old) && a->is_export == b->is_export;
}

static wr_slice rename_one(renaming *r, wr_slice module, wr_slice old, bool is_export) {
    if (!r->how->json) module = (wr_slice){0}, is_export = false;
    uint32_t i;
    renamed entry = {.module = module, .old = old, .is_export = is_export};
    uint64_t hash = wr_hash_word(wr_hash_bytes(module.p, module.n), wr_hash_bytes(old.p, old.n));
    WR_MAP_FIND(&r->map, hash, i, same_name(&r->names.v[i], &entry));
    if (i != WR_NONE) return r->names.v[i].name;
    entry.name = next_name(r);
    wr_map_add(&r->map, &r->env->temp, hash, r->names.n);
    WR_PUSH(&r->env->temp, r->names, entry);
    return entry.name;
}

static bool is_ours(const renaming *r, wr_slice module) {
    return r->how->modules || wr_slice_is(module, "env") || wr_slice_starts(module, "wasi_");
}

// Where the length of a name begins: a number whose last byte is right before the name.
static const uint8_t *length_of(wr_slice name) {
    const uint8_t *p = name.p - 1;
    while (p[-1] & 0x80) p--;
    return p;
}

// Two imports that were told apart by their modules alone must not become one.
static void require_apart(renaming *r, wr_slice module, wr_slice name) {
    if (r->how->json || !r->how->modules) return;
    for (uint32_t i = 0; i < r->m.nimports; i++) {
        const wr_import *other = &r->m.imports[i];
        if (wr_slice_eq(other->name, name) && !wr_slice_eq(other->module, module))
            wr_throw(r->env, WR_BAD_INPUT, WR_NO_OFFSET,
                     "\"%.*s\" is imported from two modules, which a map in lines can't tell apart",
                     (int)name.n, (const char *)name.p);
    }
}

// Copies what is between names, up to the next import's first length, or to the end of the section.
static void write_imports(renaming *r, wr_slice payload, wr_buf *out) {
    const uint8_t *at = payload.p, *end = payload.p + payload.n;
    for (uint32_t i = 0; i < r->m.nimports; i++) {
        const wr_import *import = &r->m.imports[i];
        wr_slice name = import->name, module = import->module;
        wr_put_bytes(out, at, (size_t)(length_of(module) - at));
        at = name.p + name.n;
        if (is_ours(r, module)) {
            require_apart(r, module, name);
            name = rename_one(r, module, name, false);
        }
        wr_put_sized(out, r->how->modules ? wr_slice_str("a") : module);
        wr_put_sized(out, name);
    }
    wr_put_bytes(out, at, (size_t)(end - at));
}

static void write_exports(renaming *r, wr_slice payload, wr_buf *out) {
    const uint8_t *at = payload.p, *end = payload.p + payload.n;
    for (uint32_t i = 0; i < r->m.nexports; i++) {
        wr_slice name = r->m.exports[i].name;
        wr_put_bytes(out, at, (size_t)(length_of(name) - at));
        at = name.p + name.n;
        wr_put_sized(out, rename_one(r, (wr_slice){0}, name, true));
    }
    wr_put_bytes(out, at, (size_t)(end - at));
}

static wr_slice section_payload(const wr_module *m, const wr_section *section) {
    wr_slice whole = wr_slice_of(m->input.p + section->offset, (size_t)section->size);
    size_t n = 1;
    while (whole.p[n] & 0x80) n++;
    return wr_slice_of(whole.p + n + 1, whole.n - n - 1);
}

static wr_slice write_module(renaming *r) {
    const wr_module *m = &r->m;
    wr_buf out = wr_buf_in(&r->env->perm);
    wr_put_bytes(&out, m->input.p, 8);
    for (uint32_t i = 0; i < m->nsections; i++) {
        const wr_section *section = &m->sections[i];
        bool imports = section->id == WR_SEC_IMPORT,
             exports = section->id == WR_SEC_EXPORT && r->how->exports;
        if (!imports && !exports) {
            wr_put_bytes(&out, m->input.p + section->offset, (size_t)section->size);
            continue;
        }
        wr_buf body = wr_buf_in(&r->env->temp);
        wr_slice payload = section_payload(m, section);
        if (imports)
            write_imports(r, payload, &body);
        else
            write_exports(r, payload, &body);
        wr_put_u8(&out, section->id);
        wr_put_sized(&out, wr_buf_slice(&body));
    }
    return wr_buf_slice(&out);
}

static void put_json(wr_buf *map, wr_slice text) {
    wr_put_u8(map, '"');
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c < 0x20 || c == 0x7f)
            wr_put_format(map, "\\u%04x", c);
        else
            wr_put_format(map, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    wr_put_u8(map, '"');
}

static void put_json_list(const renaming *r, const char *title, bool exports, wr_buf *map) {
    const char *before = "";
    wr_put_format(map, " \"%s\": [", title);
    for (uint32_t i = 0; i < r->names.n; i++) {
        const renamed *name = &r->names.v[i];
        if (name->is_export != exports) continue;
        wr_put_format(map, "%s\n  [", before);
        if (!exports) put_json(map, name->module), wr_put_format(map, ", ");
        put_json(map, name->old);
        wr_put_format(map, ", ");
        put_json(map, name->name);
        wr_put_u8(map, ']');
        before = ",";
    }
    wr_put_format(map, "\n ]");
}

static void write_map(const renaming *r, wr_buf *map) {
    if (r->how->json) {
        wr_put_format(map, "{\n");
        put_json_list(r, "imports", false, map);
        wr_put_format(map, ",\n");
        put_json_list(r, "exports", true, map);
        wr_put_format(map, "\n}\n");
        return;
    }
    for (uint32_t i = 0; i < r->names.n; i++) {
        wr_put_slice(map, r->names.v[i].old);
        wr_put_format(map, " => ");
        wr_put_slice(map, r->names.v[i].name);
        wr_put_u8(map, '\n');
    }
}

wr_slice wr_minify_names(wr_env *env, wr_slice module, const wr_minify *how, wr_buf *map) {
    renaming r = {.env = env, .how = how};
    wr_decode_module(env, module, &r.m);
    if (r.m.compact_imports)
        wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET, "names in a compact import section can't be renamed");
    wr_slice out = write_module(&r);
    write_map(&r, map);
    return out;
}
