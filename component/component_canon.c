// Reads canonical definitions, which turn core functions into component functions (lift) and the reverse
// (lower), and the built-in functions of a component's runtime. One table says what follows each opcode.
#include "component_parts.h"
#include "ir/ins.h"

// F: core function, f: function, M: core memory, T: core table, c: core type, t: type, v: core value type, u:
// number, b: flag, z: zero, r: result list, O: options.
static const char *const forms[] = {
    [0x00] = "zFOt",                                              // lift
    [0x01] = "zfO",                                               // lower
    [0x02] = "t",    [0x03] = "t",  [0x04] = "t",                 // resource.new, .drop, .rep
    [0x05] = "",     [0x06] = "b",                                // task.cancel, subtask.cancel
    [0x08] = "",                                                  // backpressure.set
    [0x09] = "rO",   [0x0a] = "vu", [0x0b] = "vu",                // task.return, context.get, .set
    [0x0c] = "b",    [0x0d] = "",                                 // thread.yield, subtask.drop
    [0x0e] = "t",    [0x0f] = "tO", [0x10] = "tO", [0x11] = "tb", // stream.new, .read, .write, .cancel-read
    [0x12] = "tb",   [0x13] = "t",  [0x14] = "t", // .cancel-write, .drop-readable, .drop-writable
    [0x15] = "t",    [0x16] = "tO", [0x17] = "tO", [0x18] = "tb", // future, as stream
    [0x19] = "tb",   [0x1a] = "t",  [0x1b] = "t",  [0x1c] = "O",  [0x1d] = "O",
    [0x1e] = "",                                                 // error-context.new, .debug-message, .drop
    [0x1f] = "",     [0x20] = "bM", [0x21] = "bM", [0x22] = "",  // waitable-set.new, .wait, .poll, .drop
    [0x23] = "",     [0x24] = "",   [0x25] = "",                 // waitable.join, backpressure.inc, .dec
    [0x26] = "",     [0x27] = "cT", [0x28] = "",   [0x29] = "b", // thread.index, .new-indirect,
                                                                 // .resume-later, .suspend
    [0x2a] = "b",    [0x2b] = "b",  [0x2c] = "b",  [0x2d] = "b", // thread.suspend-then-resume, …
    [0x40] = "c",    [0x41] = "cT", [0x42] = "", // thread.spawn-ref, .spawn-indirect, .available-parallelism
};

static void read_ref(wr_def_reader *d, wr_sort space) {
    wr_component_read_ref(d, space, wr_def_place(d), (wr_slice){0});
}

static void read_option(wr_def_reader *d) {
    const uint8_t *at = d->r.p;
    uint8_t option = wr_read_u8(&d->r);
    switch (option) {
    case 0: // string encodings
    case 1:
    case 2:
    case 6: return; // async
    case 3: read_ref(d, WR_SORT_CORE_MEMORY); return;
    case 4: // realloc, post-return, callback
    case 5:
    case 7: read_ref(d, WR_SORT_CORE_FUNC); return;
    case 8: read_ref(d, WR_SORT_CORE_TYPE); return;
    case 9: return; // gc
    default: wr_reader_fail_at(&d->r, at, "expected a canonical option, 0 to 9, found 0x%02x", option);
    }
}

static void read_part(wr_def_reader *d, char part) {
    wr_reader *r = &d->r;
    const uint8_t *at = r->p;
    switch (part) {
    case 'F': read_ref(d, WR_SORT_CORE_FUNC); return;
    case 'f': read_ref(d, WR_SORT_FUNC); return;
    case 'M': read_ref(d, WR_SORT_CORE_MEMORY); return;
    case 'T': read_ref(d, WR_SORT_CORE_TABLE); return;
    case 'c': read_ref(d, WR_SORT_CORE_TYPE); return;
    case 't': read_ref(d, WR_SORT_TYPE); return;
    case 'v': wr_valtype_read(r); return;
    case 'u': wr_read_u32(r); return;
    case 'r': wr_component_skip_results(r); return;
    case 'O':
        for (uint32_t n = wr_read_count(r, 1, "canonical options"); n; n--) read_option(d);
        return;
    default: // b, z
        if (wr_read_u8(r) > (part == 'b'))
            wr_reader_fail_at(r, at, "expected %s, found 0x%02x", part == 'b' ? "0 or 1" : "0", *at);
    }
}

void wr_component_read_canon(wr_def_reader *d) {
    const uint8_t *at = d->r.p;
    uint8_t op = wr_read_u8(&d->r);
    if (op >= WR_COUNT(forms) || !forms[op])
        wr_reader_fail_at(&d->r, at, "expected a canonical definition, found 0x%02x", op);
    d->def.space = op == 0 ? WR_SORT_FUNC : WR_SORT_CORE_FUNC;
    for (const char *part = forms[op]; *part; part++) read_part(d, *part);
}
