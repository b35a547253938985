// What the toolchain that made the module could do better, as far as the module shows that it didn't: the
// evidence is counted and said. Only a rebuild can tell what such a step saves, so most of them carry no
// number of their own; panic places of Rust are counted to the byte.
#include "advice.h"

#include <ctype.h>

#include "report/audit/savings.h"
#include "support/format.h"

static void hint(wr_adviser *v, wr_slice text) { WR_PUSH(&v->env->perm, v->rebuild, text); }

static bool is_made_by(const wr_audit *a, const char *tool) {
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        if (wr_slice_is(a->m.customs[i].name, "producers") &&
            memmem(a->m.customs[i].payload.p, a->m.customs[i].payload.n, tool, strlen(tool)))
            return true;
    return false;
}

// Whether the data has the two texts one behind the other. Programs that search for the whole have only
// parts.
static bool has_both(const wr_audit *a, const char *first, const char *second) {
    size_t n = strlen(first), more = strlen(second);
    for (uint32_t i = 0; i < a->m.ndatas; i++) {
        wr_slice s = a->m.datas[i].bytes;
        const uint8_t *p;
        while (s.n >= n + more && (p = memmem(s.p, s.n, first, n))) {
            size_t rest = (size_t)(s.p + s.n - p);
            if (rest >= n + more && !memcmp(p + n, second, more)) return true;
            s = wr_slice_of(p + 1, rest - 1);
        }
    }
    return false;
}

// Whether the data has the path of a file of Rust's standard library: "/rustc/HASH/library/…". A program in C
// that demangles Rust's names has only the beginning.
static bool has_rust_path(const wr_audit *a) {
    static const char begin[] = "/rustc/";
    enum { BEGIN = sizeof begin - 1, HASH = 40 };
    for (uint32_t i = 0; i < a->m.ndatas; i++) {
        wr_slice s = a->m.datas[i].bytes;
        const uint8_t *p;
        while (s.n > BEGIN + HASH && (p = memmem(s.p, s.n, begin, BEGIN))) {
            size_t n = BEGIN, rest = (size_t)(s.p + s.n - p);
            while (n < rest && n < BEGIN + HASH && isxdigit(p[n])) n++;
            if (n == BEGIN + HASH) return true;
            s = wr_slice_of(p + 1, rest - 1);
        }
    }
    return false;
}

// --- Go ---

static void advise_on_go(wr_adviser *v) {
    const wr_audit *a = v->a;
    uint64_t debug = a->findings[WR_FOUND_DEBUG].bytes + a->findings[WR_FOUND_NAMES].bytes;
    if (debug * 100 >= a->m.input.n)
        hint(v, wr_advice_text(v,
                               "go build -ldflags=\"-s -w\": leaves out %s bytes of names and debug "
                               "information, as wring does",
                               wr_format_thousands(debug).s));
}

// --- Rust ---

typedef struct places {
    uint32_t count, paths; // places that panic, distinct source paths
    uint64_t bytes;
} places;

static bool ends_a_path(wr_slice bytes, uint64_t at, uint32_t n) {
    return n > 4 && n < 512 && at <= bytes.n && bytes.n - at >= n &&
           !memcmp(bytes.p + at + n - 3, ".rs", 3) && bytes.p[at] > 0x20 && bytes.p[at] < 0x7f;
}

// core::panic::Location is the address of a path, its length, a line and a column.
static void count_places(const wr_data *data, uint64_t base, uint8_t *seen, places *p) {
    const uint8_t *bytes = data->bytes.p;
    for (size_t i = (size_t)(-base & 3); i + 16 <= data->bytes.n; i += 4) {
        uint64_t path = (uint64_t)wr_le32(bytes + i) - base;
        uint32_t n = wr_le32(bytes + i + 4), line = wr_le32(bytes + i + 8), column = wr_le32(bytes + i + 12);
        if (path > data->bytes.n || !ends_a_path(data->bytes, path, n)) continue;
        if (!line || line > 1u << 20 || !column || column > 4096) continue;
        p->count++, p->bytes += 16;
        if (!seen[path]) seen[path] = 1, p->paths++, p->bytes += n;
    }
}

static places find_places(wr_adviser *v) {
    const wr_audit *a = v->a;
    places p = {0};
    for (uint32_t i = 0; i < a->graph.npieces; i++) { // the first piece of each segment tells its address
        const wr_piece *piece = &a->graph.pieces[i];
        const wr_data *data = &a->m.datas[piece->data];
        if (i && a->graph.pieces[i - 1].data == piece->data) continue;
        wr_mark mark = wr_arena_mark(&v->env->temp);
        uint8_t *seen = WR_NEW0(&v->env->temp, uint8_t, data->bytes.n + 1);
        count_places(data, piece->address - piece->offset, seen, &p);
        wr_arena_release(&v->env->temp, &mark);
    }
    return p;
}

// wasm-bindgen has no types for structs and lists of them, so many modules pass these as JSON.
static void advise_on_json(wr_adviser *v) {
    if (!is_made_by(v->a, "wasm-bindgen") || !has_both(v->a, "EOF while parsing a ", "list")) return;
    if (has_both(v->a, "serde-wasm-", "bindgen-"))
        hint(v, wr_slice_str("one of serde_json and serde-wasm-bindgen: the module has both"));
    else
        hint(v, wr_slice_str(
                    "serde-wasm-bindgen, or wasm-bindgen's own types, in place of serde_json, if JSON is "
                    "only how values come from and go to JavaScript"));
}

static void advise_on_rust(wr_adviser *v) {
    places p = find_places(v);
    if (p.bytes * 200 >= v->a->m.input.n) {
        wr_advice_row row = {
            .bytes = p.bytes,
            .counted = true,
            .command = wr_slice_str("RUSTFLAGS='-Zlocation-detail=none' cargo +nightly build --release")};
        row.reason = wr_advice_text(v, "%s places that can panic, with %u source paths",
                                    wr_format_thousands(p.count).s, p.paths);
        row.risk = "panic messages no longer say where";
        WR_PUSH(&v->env->perm, v->rows, row);
    }
    hint(v,
         wr_slice_str("Cargo.toml, [profile.release]: opt-level = \"z\", lto = \"fat\", codegen-units = 1, "
                      "panic = \"abort\""));
    advise_on_json(v);
}

// --- Languages whose objects the engine collects ---

// Kotlin, Dart, Java, OCaml, …: their compilers define struct types, which those of C and Rust do not.
static bool has_collected_objects(const wr_audit *a) {
    for (uint32_t i = 0; i < a->m.ntypes; i++)
        if (a->m.types[i].kind == WR_TYPE_STRUCT) return true;
    return false;
}

static void advise_on_collected(wr_adviser *v) {
    if (v->a->symbols.language == WR_LANG_KOTLIN && v->a->findings[WR_FOUND_NAMES].bytes)
        hint(v,
             wr_slice_str("Gradle's production build (compileProductionExecutableKotlinWasm…): this one has "
                          "names, as development builds do"));
}

// --- C and C++ ---

// Calls of functions whose names begin so.
static uint32_t count_calls(const wr_audit *a, const char *prefix) {
    uint32_t n = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_summary *summary = &a->m.funcs[f].summary;
        for (uint32_t i = 0; i < summary->nuses; i++) {
            if (wr_ref_space(summary->uses[i].ref) != WR_FUNC) continue;
            wr_slice name = a->symbols.funcs[wr_ref_index(summary->uses[i].ref)].raw;
            if (wr_slice_starts(name, "env.")) name = wr_slice_of(name.p + 4, name.n - 4);
            if (wr_slice_starts(name, prefix)) n += summary->uses[i].count;
        }
    }
    return n;
}

static uint64_t bytes_of(const wr_audit *a, const char *prefix) {
    uint64_t n = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        if (wr_slice_starts(a->symbols.funcs[f].text, prefix)) n += wr_func_bytes(a, f);
    return n;
}

// Of dlmalloc, under its own names or as an export: it is the only usual allocator that is so large.
static uint64_t allocator_bytes(const wr_audit *a) {
    enum { LARGE = 4000 };
    uint64_t bytes = bytes_of(a, "dlmalloc") + bytes_of(a, "dlfree"), exported = 0;
    bool large = false;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        wr_slice name = a->symbols.funcs[f].text;
        bool allocates = wr_slice_is(name, "malloc");
        if (!allocates && !wr_slice_is(name, "free") && !wr_slice_is(name, "realloc")) continue;
        exported += wr_func_bytes(a, f);
        large |= allocates && wr_func_bytes(a, f) > LARGE;
    }
    return bytes ? bytes : large ? exported : 0;
}

// A tag alone may be that of longjmp. What an exception is caught by has type descriptions of the C++
// runtime.
static bool throws_cxx_exceptions(const wr_audit *a) {
    return has_both(a, "terminating due to uncaught", " exception of type") ||
           (a->m.ntags &&
            (has_both(a, "N10__cxxabiv1", "17__class_type_infoE") || count_calls(a, "__cxa_throw")));
}

static void advise_on_c(wr_adviser *v) {
    const wr_audit *a = v->a;
    uint32_t asserts = count_calls(a, "__assert_fail"), invokes = count_calls(a, "invoke_");
    uint64_t allocator = allocator_bytes(a);
    if (a->evidence.assertions > 8)
        hint(v, wr_advice_text(v,
                               "-DNDEBUG: the module has %s assertions (or log calls) that name their source "
                               "file, with %s bytes of text",
                               wr_format_thousands(a->evidence.assertions).s,
                               wr_format_thousands(a->evidence.assertion_texts).s));
    else if (asserts > 8)
        hint(v, wr_advice_text(v, "-DNDEBUG (with emcc also -sASSERTIONS=0): the module has %s assertions",
                               wr_format_thousands(asserts).s));
    if (invokes > 8)
        hint(v,
             wr_advice_text(v,
                            "-fwasm-exceptions, or -fno-exceptions if nothing catches: %s calls go through "
                            "invoke_* for JavaScript's exceptions",
                            wr_format_thousands(invokes).s));
    else if (invokes && (count_calls(a, "emscripten_longjmp") || count_calls(a, "_emscripten_throw_longjmp")))
        hint(v, wr_slice_str("-sSUPPORT_LONGJMP=wasm: setjmp and longjmp go through JavaScript"));
    else if (throws_cxx_exceptions(a))
        hint(v, wr_slice_str("-fno-exceptions, if nothing catches: the module can throw C++ exceptions"));
    if (allocator * 50 > a->m.input.n)
        hint(v, wr_advice_text(v, "a smaller allocator (emcc -sMALLOC=emmalloc): dlmalloc takes %s bytes",
                               wr_format_thousands(allocator).s));
}

// --- Unrolled code ---

// Whether the function computes for hundreds of instructions without a branch or a call, as the rounds of
// hashes and ciphers do when they are written out.
static bool is_unrolled(const wr_audit *a, uint32_t func) {
    enum { LEAST_INSTRUCTIONS = 800, STRAIGHT = 64, BINARY = 5 };
    const wr_body_stats *stats = &a->sweep.facts[func];
    uint64_t n = a->m.funcs[func].summary.ninstructions;
    return n >= LEAST_INSTRUCTIONS && (uint64_t)stats->binary * BINARY >= n &&
           ((uint64_t)stats->branching + stats->calls + stats->indirect_calls) * STRAIGHT <= n;
}

static void advise_on_unrolled(wr_adviser *v) {
    const wr_audit *a = v->a;
    uint32_t n = 0, largest = WR_NONE;
    uint64_t bytes = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        if (!is_unrolled(a, f)) continue;
        if (largest == WR_NONE || wr_func_bytes(a, f) > wr_func_bytes(a, largest)) largest = f;
        n++, bytes += wr_func_bytes(a, f);
    }
    if (!n || bytes * 25 < a->m.input.n) return;
    wr_slice name = wr_page_printable(&v->env->temp, a->symbols.funcs[largest].text, 40);
    hint(v, wr_advice_text(
                v,
                "rounds in loops (-Os, opt-level = \"s\", or an option of the library for small code): "
                "%u function%s, %s bytes, the largest %.*s, compute%s for hundreds of instructions "
                "without a branch, as unrolled or inlined rounds do",
                n, n == 1 ? "" : "s", wr_format_thousands(bytes).s, (int)name.n, (const char *)name.p,
                n == 1 ? "s" : ""));
}

// --- Libraries ---

static const struct {
    const char *groups[2], *instead;
} lighter[] = {
    {{"regex_automata", "regex_syntax"},
     "regex-lite, or regex with default-features = false: its engines and Unicode tables"},
    {{"gimli", "addr2line"}, "-Zbuild-std with panic_immediate_abort: the backtraces of panics"},
    {{"fmt", "internal/fmtsort"}, "strconv and string sums in place of fmt, if nothing else needs it: fmt"},
    {{"regexp", "regexp/syntax"}, "functions of strings in place of regexp: regexp"},
    {{"std::__2", "std::__1"}, "printf or to_chars in place of iostream: libc++'s std"},
};

static uint64_t group_bytes(const wr_audit *a, const char *name) {
    for (uint32_t i = 0; i < a->groups.n; i++)
        if (wr_slice_is(a->groups.v[i].name, name)) return a->groups.v[i].bytes;
    return 0;
}

// Libraries that have a lighter substitute, where they are a 25th of the file.
static void advise_on_libraries(wr_adviser *v) {
    for (size_t i = 0; i < WR_COUNT(lighter); i++) {
        uint64_t bytes = group_bytes(v->a, lighter[i].groups[0]) + group_bytes(v->a, lighter[i].groups[1]);
        if (bytes * 25 >= v->a->m.input.n)
            hint(v,
                 wr_advice_text(v, "%s, %s bytes of code", lighter[i].instead, wr_format_thousands(bytes).s));
    }
}

void wr_advice_on_toolchain(wr_adviser *v) {
    const wr_audit *a = v->a;
    if (*a->go_version)
        advise_on_go(v);
    else if (a->symbols.language == WR_LANG_RUST || is_made_by(a, "rustc") || is_made_by(a, "wasm-bindgen") ||
             has_rust_path(a))
        advise_on_rust(v);
    else if (has_collected_objects(a))
        advise_on_collected(v);
    else
        advise_on_c(v);
    advise_on_unrolled(v);
    advise_on_libraries(v);
    wr_arena_reset(&v->env->temp);
}
