// Reads where the linker put JavaScript in C: exported globals are its addresses, and segments have the text.
// See the header.
#include "metadata.h"

#include "analysis/segments.h"
#include "cli/wasm_opt/em_js.h"
#include "ir/body.h"
#include "ir/decode/decode.h"

#define EM_JS "__em_js__"

typedef struct reading {
    wr_env *env;
    wr_module m;
    uint64_t *start; // by segment: where it goes in memory; UINT64_MAX if that is not known
} reading;

// --- Segments ---

// The start function of a program with threads copies passive segments to constant addresses: three constants
// before a memory.init are the address, the offset, which is 0, and the size.
static void find_copied(reading *r, uint32_t func) {
    wr_body body;
    wr_arena_reset(&r->env->temp);
    wr_body_decode(r->env, &r->env->temp, &r->m, func, &body);
    for (uint32_t i = 3; i < body.n; i++) {
        const wr_ins *ins = &body.ins[i];
        bool constant = ins->op == WR_OP_MEMORY_INIT && ins[-1].op == WR_OP_I32_CONST &&
                        ins[-2].op == WR_OP_I32_CONST && ins[-3].op == WR_OP_I32_CONST && !ins[-2].b;
        if (constant && ins->a < r->m.ndatas) r->start[ins->a] = (uint32_t)ins[-3].b;
    }
}

// A position-independent module has one segment, at an address that the loader chooses; addresses count from
// there.
static void place_segments(reading *r) {
    bool passive = false;
    r->start = WR_NEW(&r->env->perm, uint64_t, r->m.ndatas);
    for (uint32_t i = 0; i < r->m.ndatas; i++) {
        const wr_data *data = &r->m.datas[i];
        r->start[i] = UINT64_MAX;
        passive |= data->mode == WR_PASSIVE;
        if (data->mode == WR_ACTIVE && !wr_segments_const_offset(r->env, data->at, &r->start[i]))
            r->start[i] = 0;
    }
    for (uint32_t i = r->m.nfunc_imports; passive && i < r->m.nfuncs; i++) find_copied(r, i);
}

// The text up to its zero.
static wr_slice text_at(const reading *r, uint64_t address) {
    for (uint32_t i = 0; i < r->m.ndatas; i++) {
        wr_slice bytes = r->m.datas[i].bytes;
        if (r->start[i] > address || address - r->start[i] >= bytes.n) continue;
        const uint8_t *p = bytes.p + (address - r->start[i]);
        size_t rest = bytes.n - (size_t)(address - r->start[i]);
        const uint8_t *end = memchr(p, 0, rest);
        return wr_slice_of(p, end ? (size_t)(end - p) : rest);
    }
    wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "there is no text of an EM_ASM or EM_JS at address %llu",
             (unsigned long long)address);
}

// --- Texts ---

static bool address_of(const reading *r, const wr_export *export, uint64_t *address) {
    return export->space == WR_GLOBAL && r->m.globals[export->index].import == WR_NONE &&
           wr_segments_const_offset(r->env, r->m.globals[export->index].init, address);
}

static bool find_address(const reading *r, const char *name, uint64_t *address) {
    for (uint32_t i = 0; i < r->m.nexports; i++)
        if (wr_slice_is(r->m.exports[i].name, name)) return address_of(r, &r->m.exports[i], address);
    return false;
}

static void read_asm_consts(const reading *r, wr_em_metadata *metadata) {
    uint64_t start, stop;
    if (!find_address(r, "__start_em_asm", &start) || !find_address(r, "__stop_em_asm", &stop)) return;
    while (start < stop) {
        wr_em_text text = {.address = start, .text = text_at(r, start)};
        WR_PUSH(&r->env->perm, metadata->asm_consts, text);
        start += text.text.n + 1;
    }
}

static void read_js_funcs(const reading *r, wr_em_metadata *metadata) {
    for (uint32_t i = 0; i < r->m.nexports; i++) {
        const wr_export *export = &r->m.exports[i];
        if (!wr_slice_starts(export->name, EM_JS)) continue;
        wr_em_text text = {.name =
                               wr_slice_of(export->name.p + strlen(EM_JS), export->name.n - strlen(EM_JS))};
        if (!address_of(r, export, &text.address))
            wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "the EM_JS %.*s is no global with an address",
                     (int)text.name.n, (const char *)text.name.p);
        text.text = text_at(r, text.address);
        WR_PUSH(&r->env->perm, metadata->js_funcs, text);
    }
}

static void read_features(const reading *r, wr_em_metadata *metadata) {
    for (uint32_t i = 0; i < r->m.ncustoms; i++) {
        const wr_custom *custom = &r->m.customs[i];
        if (!wr_slice_is(custom->name, "target_features")) continue;
        wr_reader in = wr_reader_of(r->env, custom->payload, custom->offset);
        for (uint32_t n = wr_read_count(&in, 2, "features"); n; n--) {
            uint8_t prefix = wr_read_u8(&in);
            wr_slice name = wr_read_name(&in);
            if (prefix != '-') WR_PUSH(&r->env->perm, metadata->features, name);
        }
    }
}

void wr_em_metadata_read(wr_env *env, wr_slice module, wr_em_metadata *metadata) {
    reading r = {.env = env};
    wr_decode_module(env, module, &r.m);
    place_segments(&r);
    read_asm_consts(&r, metadata);
    read_js_funcs(&r, metadata);
    read_features(&r, metadata);
}

// --- Clearing ---

static size_t js_size_at(const wr_em_metadata *metadata, uint64_t address) {
    for (uint32_t i = 0; i < metadata->js_funcs.n; i++)
        if (metadata->js_funcs.v[i].address == address) return metadata->js_funcs.v[i].text.n + 1;
    return 0;
}

// Whether a segment holds the texts of EM_JS one after the other, and nothing else.
static bool is_all_js(const reading *r, uint32_t i, const wr_em_metadata *metadata) {
    size_t at = 0, size = r->m.datas[i].bytes.n, one;
    while (at < size && (one = js_size_at(metadata, r->start[i] + at))) at += one;
    return size && at == size;
}

wr_slice wr_em_metadata_clear(wr_env *env, wr_slice module, const wr_em_metadata *metadata) {
    reading r = {.env = env};
    wr_slice copy = wr_em_js_clear(env, module, false);
    wr_decode_module(env, copy, &r.m);
    place_segments(&r);
    for (uint32_t i = 0; i < r.m.ndatas; i++)
        if (r.start[i] != UINT64_MAX && is_all_js(&r, i, metadata))
            memset((uint8_t *)copy.p + (r.m.datas[i].bytes.p - copy.p), 0, r.m.datas[i].bytes.n);
    return copy;
}

// --- JSON ---

typedef struct writing {
    wr_env *env;
    wr_module m;
    wr_buf *out;
    const wr_em_metadata *metadata;
    bool first;
} writing;

static void put_string(wr_buf *out, wr_slice text) {
    wr_put_u8(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c < 0x20)
            wr_put_format(out, "\\u%04x", c);
        else
            wr_put_format(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    wr_put_u8(out, '"');
}

// emcc wants to see each pair of backslashes as one, as they came out of wasm-emscripten-finalize.
static void put_text(writing *w, wr_slice text) {
    wr_buf b = wr_buf_in(&w->env->perm);
    for (size_t i = 0; i < text.n; i++) {
        wr_put_u8(&b, text.p[i]);
        if (text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == '\\') i++;
    }
    put_string(w->out, wr_buf_slice(&b));
}

static void begin(writing *w, const char *key, char open) {
    wr_put_format(w->out, "  \"%s\": %c", key, open);
    w->first = true;
}

static void next(writing *w) {
    wr_put_format(w->out, w->first ? "\n    " : ",\n    ");
    w->first = false;
}

static void end(writing *w, char close, bool last) {
    wr_put_format(w->out, "\n  %c%s\n", close, last ? "" : ",");
}

static void put_texts(writing *w) {
    const wr_em_metadata *metadata = w->metadata;
    if (metadata->asm_consts.n) {
        begin(w, "asmConsts", '{');
        for (uint32_t i = 0; i < metadata->asm_consts.n; i++) {
            const wr_em_text *text = &metadata->asm_consts.v[i];
            next(w);
            wr_put_format(w->out, "\"%llu\": ", (unsigned long long)text->address);
            put_text(w, text->text);
        }
        end(w, '}', false);
    }
    if (!metadata->js_funcs.n) return;
    begin(w, "emJsFuncs", '{');
    for (uint32_t i = 0; i < metadata->js_funcs.n; i++) {
        next(w);
        put_string(w->out, metadata->js_funcs.v[i].name);
        wr_put_format(w->out, ": ");
        put_text(w, metadata->js_funcs.v[i].text);
    }
    end(w, '}', false);
}

static bool is_js_func(const writing *w, wr_slice name) {
    for (uint32_t i = 0; i < w->metadata->js_funcs.n; i++)
        if (wr_slice_eq(w->metadata->js_funcs.v[i].name, name)) return true;
    return false;
}

// A function may be imported more than once, with different types.
static bool is_first(const writing *w, uint32_t import) {
    for (uint32_t i = 0; i < import; i++)
        if (w->m.imports[i].space == WR_FUNC && wr_slice_eq(w->m.imports[i].name, w->m.imports[import].name))
            return false;
    return true;
}

static void put_imports(writing *w, const char *key, wr_space space, bool invokes) {
    begin(w, key, '[');
    for (uint32_t i = 0; i < w->m.nimports; i++) {
        const wr_import *import = &w->m.imports[i];
        bool invoke = wr_slice_starts(import->name, "invoke_");
        if (import->space != space) continue;
        if (space == WR_FUNC && (invoke != invokes || is_js_func(w, import->name) || !is_first(w, i)))
            continue;
        next(w);
        put_string(w->out, import->name);
    }
    end(w, ']', false);
}

static void put_exports(writing *w) {
    uint64_t value;
    begin(w, "exports", '[');
    for (uint32_t i = 0; i < w->m.nexports; i++) {
        if (w->m.exports[i].space != WR_FUNC) continue;
        next(w);
        put_string(w->out, w->m.exports[i].name);
    }
    end(w, ']', false);
    begin(w, "namedGlobals", '{');
    for (uint32_t i = 0; i < w->m.nexports; i++) {
        const wr_export *export = &w->m.exports[i];
        if (export->space != WR_GLOBAL || w->m.globals[export->index].import != WR_NONE) continue;
        if (!wr_segments_const_offset(w->env, w->m.globals[export->index].init, &value)) value = 0;
        next(w);
        put_string(w->out, export->name);
        wr_put_format(w->out, ": \"%llu\"", (unsigned long long)value);
    }
    end(w, '}', false);
}

// A main without parameters has a wrapper, which does nothing but call it.
static bool main_reads_params(const writing *w) {
    const wr_module *m = &w->m;
    wr_body body;
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        bool is_main = wr_slice_is(export->name, "main") || wr_slice_is(export->name, "__main_argc_argv");
        if (export->space != WR_FUNC || !is_main) continue;
        if (m->funcs[export->index].import != WR_NONE) return true;
        wr_body_decode(w->env, &w->env->perm, m, export->index, &body);
        return body.n != 2 || body.ins[0].op != WR_OP_CALL ||
               wr_func_type(m, wr_ins_func(&body.ins[0]))->nparams;
    }
    return false;
}

static void put_features(writing *w) {
    static const char *const other[][2] = {
        {"atomics", "threads"}, {"simd128", "simd"}, {"nontrapping-fptoint", "nontrapping-float-to-int"}};
    begin(w, "features", '[');
    for (uint32_t i = 0; i < w->metadata->features.n; i++) {
        wr_slice name = w->metadata->features.v[i];
        for (size_t k = 0; k < WR_COUNT(other); k++)
            if (wr_slice_is(name, other[k][0])) name = wr_slice_str(other[k][1]);
        next(w);
        wr_put_format(w->out, "\"--enable-%.*s\"", (int)name.n, (const char *)name.p);
    }
    end(w, ']', true);
}

void wr_em_metadata_put(wr_env *env, wr_slice finalized, const wr_em_metadata *metadata, bool standalone,
                        wr_buf *out) {
    writing w = {.env = env, .out = out, .metadata = metadata};
    wr_decode_module(env, finalized, &w.m);
    wr_put_format(out, "{\n");
    put_texts(&w);
    put_imports(&w, "declares", WR_FUNC, false);
    put_imports(&w, "globalImports", WR_GLOBAL, false);
    if (w.m.nexports) put_exports(&w);
    put_imports(&w, "invokeFuncs", WR_FUNC, true);
    if (!standalone) wr_put_format(out, "  \"mainReadsParams\": %d,\n", main_reads_params(&w));
    put_features(&w);
    wr_put_format(out, "}\n");
}
