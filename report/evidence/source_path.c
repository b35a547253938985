// Tells what a path of a source file belongs to:
//
//   /rustc/HASH/library/core/src/fmt/mod.rs                        core, of the standard library
//   /home/me/.cargo/registry/src/index.crates.io-1f/serde-1.0.2/src/de.rs    serde
//   /home/me/.cargo/registry/src/index.crates.io-1f/tree-sitter-0.25.1/src/parser.c    tree_sitter
//   /home/me/.cargo/git/checkouts/loro-4f2a/9c1b/crates/loro-internal/src/a.rs    loro_internal
//   crates/biome_parser/src/lib.rs, src/main.rs                    biome_parser, the main crate
//   query-engine/core/src/executor.rs                              query-engine/core, which isn't Rust's core
//   ../third_party/zlib/inflate.c, _deps/fmt-src/src/format.cc     zlib, fmt
//   ../../src/gpu/ganesh/GrOpsTask.cpp                             none: the file itself is what is known
#include "source_path.h"

#include <ctype.h>

enum { LONGEST = 512, SHORTEST = 4 };

// --- Components ---

static bool is_slash(uint8_t c) { return c == '/' || c == '\\'; }
static wr_slice cut(wr_slice s, size_t from, size_t to) { return wr_slice_of(s.p + from, to - from); }

// The component that begins at i, without its slash.
static wr_slice component(wr_slice s, size_t i) {
    size_t n = i;
    while (n < s.n && !is_slash(s.p[n])) n++;
    return cut(s, i, n);
}

static bool same_path(uint8_t a, char b) { return a == (uint8_t)b || (b == '/' && a == '\\'); }

// The position behind `what`, which begins at the path's start or at a slash of its own; 0 if it is not
// there.
static size_t behind(wr_slice s, const char *what) {
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= s.n; i++) {
        size_t k = 0;
        while (k < n && same_path(s.p[i + k], what[k])) k++;
        if (k == n && (!i || is_slash(what[0] ? (uint8_t)what[0] : 0) || is_slash(s.p[i - 1]))) return i + n;
    }
    return 0;
}

// Without a version: "serde-1.0.228", "fmt-src", "zlib_1.3".
static wr_slice without_version(wr_slice name) {
    for (size_t i = 1; i + 1 < name.n; i++)
        if (name.p[i] == '-' && isdigit(name.p[i + 1])) return cut(name, 0, i);
    return name.n > 4 && !memcmp(name.p + name.n - 4, "-src", 4) ? cut(name, 0, name.n - 4) : name;
}

// Without the hash behind the last hyphen: "loro-4f2a0c9d".
static wr_slice without_hash(wr_slice name) {
    size_t i = name.n;
    while (i && isxdigit(name.p[i - 1])) i--;
    return i > 1 && name.n - i >= 7 && name.p[i - 1] == '-' ? cut(name, 0, i - 1) : name;
}

// The name as Rust writes it in symbols.
static wr_slice crate_name(wr_arena *arena, wr_slice name) {
    if (!name.n || !memchr(name.p, '-', name.n)) return name;
    wr_slice copy = wr_slice_copy(arena, name);
    uint8_t *p = (uint8_t *)(uintptr_t)copy.p;
    for (size_t i = 0; i < copy.n; i++)
        if (p[i] == '-') p[i] = '_';
    return copy;
}

// --- Rust ---

static const char *const std_crates[] = {
    "core",       "alloc",      "std",           "panic_unwind", "panic_abort",
    "proc_macro", "std_detect", "portable-simd", "backtrace",    "compiler-builtins"};

static bool is_std_crate(wr_slice name) {
    for (size_t i = 0; i < WR_COUNT(std_crates); i++)
        if (wr_slice_is(name, std_crates[i])) return true;
    return false;
}

// Cargo's layout: the folder around the last `src`. If it is called as one of Rust's own crates, the folder
// around it comes with it, which tells it from that crate.
static wr_slice folder_around_src(wr_slice s) {
    wr_slice around = {0}, before = {0}, found = {0};
    for (size_t i = 0; i < s.n;) {
        wr_slice here = component(s, i);
        if (wr_slice_is(here, "src") && i && i + here.n < s.n)
            found = is_std_crate(before) && around.n
                        ? wr_slice_of(around.p, (size_t)(before.p + before.n - around.p))
                        : before;
        if (here.n) around = before, before = here;
        i += here.n + 1;
    }
    return found;
}

// The crate from a registry that a path leads into; empty if it does not.
static wr_slice registry_crate(wr_arena *arena, wr_slice s) {
    size_t at = behind(s, "registry/src/");
    if (at) at += component(s, at).n + 1;
    return at && at < s.n ? crate_name(arena, without_version(component(s, at))) : (wr_slice){0};
}

// Whether a text that only ends with a path was taken for one, as rustc puts texts behind each other without
// anything between: "the stream did notlibrary/alloc/src/fmt.rs".
static bool begins_within_text(wr_slice s) {
    static const char library[] = "library";
    size_t n = sizeof library - 1;
    wr_slice first = component(s, 0);
    return memchr(s.p, ' ', first.n) || (first.n > n && !memcmp(s.p + first.n - n, library, n));
}

static wr_source_path rust_path(wr_arena *arena, wr_slice s) {
    wr_source_path path = {.kind = WR_PATH_RUST, .path = s};
    size_t at = behind(s, "library/"), k;
    if (at && is_std_crate(component(s, at))) {
        path.kind = WR_PATH_STD;
        path.group = crate_name(arena, component(s, at));
    } else if (is_std_crate(component(s, 0)) && behind(s, "src/") == component(s, 0).n + 5) {
        path.kind = WR_PATH_STD;
        path.group = component(s, 0);
    } else if ((at = behind(s, "/rust/deps/"))) {
        path.kind = WR_PATH_STD;
        path.group = crate_name(arena, without_version(component(s, at)));
    } else if (behind(s, "registry/src/")) {
        path.registry = true;
        path.group = registry_crate(arena, s);
    } else if ((at = behind(s, "release/build/")) || (at = behind(s, "debug/build/"))) {
        path.group = crate_name(arena, without_hash(component(s, at))); // what a build script wrote
    } else if ((at = behind(s, "git/checkouts/"))) {
        path.registry = true;
        wr_slice repository = component(s, at);
        k = at + repository.n + 1;
        if (k < s.n) k += component(s, k).n + 1;
        wr_slice inner = k < s.n ? folder_around_src(cut(s, k, s.n)) : (wr_slice){0};
        path.group = crate_name(arena, inner.n ? without_version(inner) : without_hash(repository));
    } else {
        wr_slice folder = folder_around_src(s);
        bool up = wr_slice_is(folder, "..") || wr_slice_is(folder, ".");
        path.group =
            folder.n && !up ? crate_name(arena, without_version(folder)) : wr_slice_str("(main crate)");
    }
    return path;
}

// --- C and C++ ---

// Folders that hold libraries, each in a folder of its own.
static const char *const shelves[] = {"third_party/", "thirdparty/",  "ThirdParty/",   "3rdparty/",
                                      "3rd_party/",   "_deps/",       "external/",     "externals/",
                                      "vendor/",      "subprojects/", "dependencies/", "contrib/"};
static const struct {
    const char *folder, *library;
} known[] = {{"system/lib/libc/", "emscripten's libc"},
             {"system/lib/libcxx/", "libc++"},
             {"system/lib/libcxxabi/", "libc++abi"},
             {"system/lib/libunwind/", "libunwind"},
             {"system/lib/compiler-rt/", "compiler-rt"},
             {"system/lib/", "emscripten's libraries"},
             {"include/c++/v1/", "libc++"}};

static wr_slice library_of(wr_slice s) {
    for (size_t i = 0; i < WR_COUNT(known); i++)
        if (behind(s, known[i].folder)) return wr_slice_str(known[i].library);
    for (size_t i = 0; i < WR_COUNT(shelves); i++) {
        size_t at = behind(s, shelves[i]);
        wr_slice name = at ? component(s, at) : (wr_slice){0};
        if (name.n > 1 && at + name.n < s.n) return without_version(name);
    }
    return (wr_slice){0};
}

// The kind that the name's end stands for.
static wr_path_kind kind_of_end(wr_slice s) {
    static const char *const sources[] = {"c",     "cc", "cpp", "cxx", "c++", "C", "m",   "mm",
                                          "swift", "kt", "zig", "d",   "nim", "f", "f90", "pas"};
    static const char *const headers[] = {"h", "hh", "hpp", "hxx", "h++", "inc", "inl", "ipp", "tcc", "icc"};
    size_t dot = s.n;
    while (dot && s.p[dot - 1] != '.' && !is_slash(s.p[dot - 1])) dot--;
    if (dot < 2 || s.p[dot - 1] != '.' || is_slash(s.p[dot - 2])) return WR_PATH_NONE;
    wr_slice end = cut(s, dot, s.n);
    if (wr_slice_is(end, "rs")) return WR_PATH_RUST;
    for (size_t i = 0; i < WR_COUNT(sources); i++)
        if (wr_slice_is(end, sources[i])) return WR_PATH_SOURCE;
    for (size_t i = 0; i < WR_COUNT(headers); i++)
        if (wr_slice_is(end, headers[i])) return WR_PATH_HEADER;
    return WR_PATH_NONE;
}

static bool may_be_in_path(uint8_t c) { return isalnum(c) || (c && strchr("_./\\:+-@~, ()#", c)); }

wr_source_path wr_source_path_read(wr_arena *arena, wr_slice s) {
    wr_source_path path = {.path = s};
    if (s.n < SHORTEST || s.n > LONGEST || s.p[0] == ' ' || s.p[0] == '-') return path;
    for (size_t i = 0; i < s.n; i++)
        if (!may_be_in_path(s.p[i])) return path;
    path.kind = kind_of_end(s);
    if (path.kind == WR_PATH_NONE) return path;
    if (path.kind == WR_PATH_RUST) return begins_within_text(s) ? (wr_source_path){0} : rust_path(arena, s);
    path.group = registry_crate(arena, s); // C code that comes with a crate
    path.registry = path.group.n > 0;
    if (!path.registry) path.group = library_of(s);
    return path;
}

wr_source_path wr_source_path_read_c(wr_arena *arena, wr_slice text) {
    size_t n = 0;
    while (n < text.n && n <= LONGEST && may_be_in_path(text.p[n])) n++;
    if (n == text.n || text.p[n]) return (wr_source_path){0};
    return wr_source_path_read(arena, cut(text, 0, n));
}
