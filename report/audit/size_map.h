// The file as a sequence of items without gaps: every byte belongs to exactly one item.
#ifndef WR_REPORT_AUDIT_SIZE_MAP_H
#define WR_REPORT_AUDIT_SIZE_MAP_H

#include "ir/module.h"

// Part, its name in data, its name in output.
#define WR_PARTS_OF_FILES(X) \
    X(HEADER, "header", "module header") \
    X(FRAMING, "framing", "section headers") \
    X(TYPE, "types", "types") \
    X(IMPORT, "imports", "imports") \
    X(DECLARATION, "declarations", "function declarations") \
    X(TABLE, "tables", "tables") \
    X(MEMORY, "memories", "memories") \
    X(TAG, "tags", "tags") \
    X(GLOBAL, "globals", "globals") \
    X(EXPORT, "exports", "exports") \
    X(START, "start", "start function") \
    X(ELEM, "elements", "element segments") \
    X(DATA_COUNT, "data_count", "data count") \
    X(CODE, "code", "code") \
    X(DATA, "data", "data") \
    X(CUSTOM, "custom", "custom sections")

typedef enum wr_size_map_part {
#define X(id, key, label) WR_PART_##id,
    WR_PARTS_OF_FILES(X)
#undef X
        WR_PARTS,
} wr_size_map_part;

extern const char *const wr_size_map_part_keys[WR_PARTS], *const wr_size_map_part_labels[WR_PARTS];

typedef struct wr_size_map_item {
    uint64_t offset;
    uint32_t size;
    uint32_t
        index; // in the part's own space: type group, import, function, ..., custom section; 0 for framing
    uint8_t part;
} wr_size_map_item;

typedef struct wr_size_map {
    WR_VEC(wr_size_map_item) items; // in the order of the file
    uint64_t bytes[WR_PARTS];
    uint32_t count[WR_PARTS];
    uint32_t
        *size[WR_SPACES]; // by entity: the bytes that define or import it (functions: declaration and body)
    uint32_t *export_size, *custom_size;
} wr_size_map;

// Needs a decoded module. Results in env->perm.
void wr_size_map_make(wr_env *env, const wr_module *m, wr_size_map *inv);

#endif
