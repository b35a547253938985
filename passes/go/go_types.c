// Names and methods in type descriptors. See go_types.h.
#include "go_types.h"

// A name is a byte of flags, its length as a varint, and its bytes.
bool wr_go_name_at(const wr_go *go, uint32_t offset, wr_slice *name) {
    uint64_t at = (uint64_t)go->types.at + offset, n = 0;
    if (!wr_go_among_types(go, at++, 1)) return false;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        if (!wr_go_among_types(go, at, 1)) return false;
        uint8_t byte = go->image[at++];
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) break;
    }
    if (!wr_go_among_types(go, at, n)) return false;
    *name = wr_slice_of(go->image + at, (size_t)n);
    return true;
}

static bool is_none(uint32_t offset) { return offset == 0 || offset == UINT32_MAX; }

static bool is_code(const wr_go *go, uint32_t offset) {
    return is_none(offset) || wr_go_method_code(go, offset) != WR_NONE;
}

static bool is_func_type(const wr_go *go, uint32_t offset) {
    uint64_t at = (uint64_t)go->types.at + offset;
    return wr_go_among_types(go, at, WR_GO_TYPE_SIZE) && wr_go_kind_of(go, (uint32_t)at) == WR_GO_FUNC;
}

bool wr_go_may_be_method(const wr_go *go, uint32_t at) {
    wr_slice name;
    if (!wr_go_among_types(go, at, WR_GO_METHOD_SIZE)) return false;
    uint32_t type = wr_go_get32(go, at + WR_GO_METHOD_TYPE);
    return is_code(go, wr_go_get32(go, at + WR_GO_METHOD_IFN)) &&
           is_code(go, wr_go_get32(go, at + WR_GO_METHOD_TFN)) && (is_none(type) || is_func_type(go, type)) &&
           wr_go_name_at(go, wr_go_get32(go, at), &name);
}
