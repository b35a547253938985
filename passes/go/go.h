// Recognizes modules that Go's own compiler wrote for js/wasm and wasip1: finds where the runtime's tables
// lie in initial memory, and which wasm function is which Go function. Everything that the passes use is
// checked against the bounds of the image. A module that differs in any point from what is known is left
// alone. docs/GO.md has a glossary.
//
// A Go function is a wasm function (PC_B i32) -> i32. A program counter (PC) is PC_F << 16 | PC_B, where PC_F
// is a slot of table 0. Global 0 is the stack pointer and global 2 the current g (the goroutine's
// descriptor); local 1 of a function caches the stack pointer.
#ifndef WR_PASSES_GO_GO_H
#define WR_PASSES_GO_GO_H

#include "passes/manager/pass.h"

typedef enum wr_go_verdict {
    WR_GO_NONE,    // no evidence of Go
    WR_GO_FOUND,   // it is Go, and everything was checked
    WR_GO_TINYGO,  // TinyGo: another compiler with another runtime
    WR_GO_REFUSED, // it looks like Go, but something is not as expected: see reason
} wr_go_verdict;

// The address and size of one of the runtime's tables in initial memory.
typedef struct wr_go_span {
    uint32_t at, size;
} wr_go_span;

// One record of pclntab (the runtime's _func).
typedef struct wr_go_func {
    uint32_t func;   // wasm function index; WR_NONE if the record belongs to no function of the table
    uint32_t pc_f;   // table slot
    uint32_t record; // address of the record
    uint32_t size;   // bytes of the record
    uint32_t npcdata, nfuncdata;
    uint32_t name_offset; // in funcnametab
    wr_slice name;        // in the image
} wr_go_func;

typedef struct wr_go {
    wr_go_verdict verdict;
    char reason[120];
    char version[32]; // "go1.22.12"
    unsigned minor;   // 22
    bool is_js;       // js/wasm; else wasip1

    uint8_t *image; // initial memory from address 0; memory beyond image_size is zero
    uint32_t image_size;

    uint32_t header;     // address of pclntab's header
    uint32_t moduledata; // address of runtime.firstmoduledata
    wr_go_span funcnametab, cutab, filetab, pctab, ftab, pclntable, findfunctab;
    uint32_t nfiles;
    uint64_t minpc, maxpc;
    uint32_t gofunc;  // base of funcdata offsets
    wr_go_span types; // type descriptors
    uint32_t
        links; // address, in moduledata, of the slices of types and of interface tables; 0: not as expected
    uint32_t fixed;         // bytes of a record before its pcdata
    bool entries_are_slots; // entry offsets in pclntab are PC_F; else they are
    uint64_t entry_base;    // relative to this PC

    uint32_t type;     // the type of Go functions: (i32) -> i32
    wr_go_func *funcs; // in the order of pclntab, which is by PC_F
    uint32_t nfuncs;
    uint32_t *by_func; // by wasm function index: index in funcs, or WR_NONE
    uint32_t nby_func;
    uint32_t *slots; // initial content of table 0: function index, or WR_NONE
    uint32_t nslots;
} wr_go;

// Fills *go, in arena; uses env->temp. Takes about as much memory as one copy of the data section.
wr_go_verdict wr_go_find(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go);

// The same for a module that was changed since Go wrote it, for callers that only read. The caller gives the
// initial memory, as a start function left it, followed by 16 bytes of zeros; globals are not used as
// evidence. The image must live as long as go.
wr_go_verdict wr_go_find_in(wr_env *env, wr_arena *arena, const wr_module *m, uint8_t *image, uint32_t size,
                            wr_go *go);

// Writes the image back as the module's initial memory after a pass changed it, replacing the segments.
// Returns false, and changes nothing, if code may name segments.
bool wr_go_store_image(wr_env *env, wr_module *m, const wr_go *go);

// The same for passes that change what initial memory is: declares where it differs from `before`, which is
// the image as wr_go_find() read it (wr_go_copy_image).
bool wr_go_change_image(wr_context *c, const wr_go *go, const uint8_t *before);
uint8_t *wr_go_copy_image(wr_arena *arena, const wr_go *go);

// The Go name of a wasm function; empty if it has none.
static inline wr_slice wr_go_name(const wr_go *go, uint32_t func) {
    uint32_t at = func < go->nby_func ? go->by_func[func] : WR_NONE;
    return at == WR_NONE ? (wr_slice){0} : go->funcs[at].name;
}

static inline uint32_t wr_go_get32(const wr_go *go, uint32_t at) { return wr_le32(go->image + at); }

static inline uint64_t wr_go_get64(const wr_go *go, uint32_t at) {
    return wr_go_get32(go, at) | (uint64_t)wr_go_get32(go, at + 4) << 32;
}

static inline void wr_go_put32(wr_go *go, uint32_t at, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) go->image[at + i] = (uint8_t)(value >> (8 * i));
}

#endif
