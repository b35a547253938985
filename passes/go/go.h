// Recognition of what Go's own compiler writes for js/wasm and wasip1: where the runtime's tables lie in
// initial memory, and which wasm function is which Go function. Everything that others use was checked
// against the bounds of the image; a module that differs from what is known in any point is not touched.
//
// A Go function is a wasm function (PC_B i32) -> i32. A PC is PC_F << 16 | PC_B; PC_F is a slot of table 0.
// Global 0 is the stack pointer, global 2 the current g; local 1 of a function caches the stack pointer.
#ifndef WR_PASSES_GO_GO_H
#define WR_PASSES_GO_GO_H

#include "passes/manager/pass.h"

typedef enum wr_go_verdict {
    WR_GO_NONE,    // nothing points to Go
    WR_GO_FOUND,   // all was checked
    WR_GO_TINYGO,  // another compiler with another runtime
    WR_GO_REFUSED, // looks like Go, but something is not as expected: see reason
} wr_go_verdict;

// A table of the runtime in initial memory.
typedef struct wr_go_span {
    uint32_t at, size;
} wr_go_span;

// One record of pclntab (the runtime's _func).
typedef struct wr_go_func {
    uint32_t func;   // wasm function index, or WR_NONE: the record is of no function of the table
    uint32_t pc_f;   // table slot
    uint32_t record; // address of the record
    uint32_t size;   // of the record
    uint32_t npcdata, nfuncdata;
    uint32_t name_offset; // in funcnametab
    wr_slice name;        // in the image
} wr_go_func;

typedef struct wr_go {
    wr_go_verdict verdict;
    char reason[120];
    char version[32]; // "go1.22.12"
    unsigned minor;   // 22
    bool is_js;       // else wasip1

    uint8_t *image; // initial memory from 0; bytes beyond the segments are not stored and are zero
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
    bool entries_are_slots; // entry offsets of pclntab are PC_F, else
    uint64_t entry_base;    // this and they make the PC

    uint32_t type;     // of Go functions: (i32) -> i32
    wr_go_func *funcs; // in pclntab's order, by PC_F
    uint32_t nfuncs;
    uint32_t *by_func; // wasm function index to index in funcs, or WR_NONE
    uint32_t nby_func;
    uint32_t *slots; // table 0 at the start: function index, or WR_NONE
    uint32_t nslots;
} wr_go;

// Fills go, in arena; env->temp is used for scratch. Costs about one copy of the data section.
wr_go_verdict wr_go_find(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go);

// The same for a module that was changed since Go made it, for those who only read: initial memory is given
// (with 16 bytes of zeros behind it, and as a start function left it), and globals are no evidence. The image
// must live as long as go.
wr_go_verdict wr_go_find_in(wr_env *env, wr_arena *arena, const wr_module *m, uint8_t *image, uint32_t size,
                            wr_go *go);

// Makes the image the module's initial memory again, after a pass changed it: the segments are replaced.
// False, and nothing done, if code may name segments.
bool wr_go_store_image(wr_env *env, wr_module *m, const wr_go *go);

// The same for passes that leave initial memory otherwise than it was: declares where it differs from
// `before`, the image as wr_go_find() read it (wr_go_copy_image).
bool wr_go_change_image(wr_context *c, const wr_go *go, const uint8_t *before);
uint8_t *wr_go_copy_image(wr_arena *arena, const wr_go *go);

// The Go name of a wasm function, empty if it has none.
static inline wr_slice wr_go_name(const wr_go *go, uint32_t func) {
    uint32_t at = func < go->nby_func ? go->by_func[func] : WR_NONE;
    return at == WR_NONE ? (wr_slice){0} : go->funcs[at].name;
}

static inline uint32_t wr_go_get32(const wr_go *go, uint32_t at) {
    const uint8_t *p = go->image + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t wr_go_get64(const wr_go *go, uint32_t at) {
    return wr_go_get32(go, at) | (uint64_t)wr_go_get32(go, at + 4) << 32;
}

static inline void wr_go_put32(wr_go *go, uint32_t at, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) go->image[at + i] = (uint8_t)(value >> (8 * i));
}

#endif
