// Reads pclntab. See go_pclntab.h.
#include "go_pclntab.h"

static uint32_t read_varint(const uint8_t **q, const uint8_t *end) {
    uint32_t value = 0;
    for (unsigned shift = 0; *q < end && shift < 32; shift += 7) {
        uint8_t byte = *(*q)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) break;
    }
    return value;
}

uint32_t wr_go_count_values(const wr_go *go, uint32_t offset) {
    const uint8_t *q = go->image + go->pctab.at + offset, *end = q + (go->pctab.size - offset);
    int64_t value = -1, most = -1;
    for (bool first = true; q < end && (*q || first); first = false) {
        uint32_t step = read_varint(&q, end);
        value += step & 1 ? -(int64_t)(step >> 1) - 1 : (int64_t)(step >> 1);
        read_varint(&q, end);
        if (value > most) most = value;
    }
    return (uint32_t)(most + 1);
}

uint32_t wr_go_tree_count(const wr_go *go, uint32_t f) {
    if (go->funcs[f].npcdata <= WR_GO_PCDATA_INLINE) return 0;
    uint32_t offset = wr_go_get32(go, wr_go_pcdata_at(go, f, WR_GO_PCDATA_INLINE));
    return offset && offset < go->pctab.size ? wr_go_count_values(go, offset) : 0;
}

uint32_t wr_go_table_length(const wr_go *go, uint32_t offset) {
    const uint8_t *start = go->image + go->pctab.at + offset, *q = start;
    const uint8_t *end = go->image + go->pctab.at + go->pctab.size;
    for (bool first = true;; first = false) {
        if (q >= end) return 0;
        if (*q == 0 && !first) return (uint32_t)(q + 1 - start);
        for (unsigned i = 0; i < 2; i++) {
            while (q < end && *q & 0x80) q++;
            q++;
        }
    }
}
