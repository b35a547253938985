// Reads headers and rows of line tables. See dwarf_lines.h. The opcodes are those of DWARF's line number
// program.
#include "dwarf_lines.h"

// --- The header ---

static wr_slice read_text(wr_reader *r) {
    wr_slice text = wr_dwarf_string(wr_slice_of(r->p, wr_left(r)), 0);
    wr_read_bytes(r, text.n + 1);
    return text;
}

static bool is_absolute(wr_slice path) {
    return path.n && (path.p[0] == '/' || path.p[0] == '\\' || (path.n > 2 && path.p[1] == ':'));
}

static wr_slice join(wr_arena *arena, wr_slice dir, wr_slice name) {
    if (!dir.n || is_absolute(name)) return name;
    if (!name.n) return dir;
    uint8_t *text = wr_alloc(arena, dir.n + 1 + name.n);
    memcpy(text, dir.p, dir.n);
    size_t n = dir.n;
    if (text[n - 1] != '/') text[n++] = '/';
    memcpy(text + n, name.p, name.n);
    return wr_slice_of(text, n + name.n);
}

static void add_file(wr_dwarf *d, wr_line_table *t, uint64_t dir, wr_slice name) {
    wr_line_file plain = {name, dir};
    WR_PUSH(&d->env->temp, t->plain_files, plain);
    wr_slice file = join(&d->env->temp, dir < t->dirs.n ? t->dirs.v[dir] : (wr_slice){0}, name);
    WR_PUSH(&d->env->temp, t->files, file);
}

// Before DWARF 5: directory 0 is the unit's own, and files count from 1.
static void read_old_files(wr_dwarf *d, wr_reader *r, wr_slice comp_dir, wr_line_table *t) {
    WR_PUSH(&d->env->temp, t->dirs, comp_dir);
    WR_PUSH(&d->env->temp, t->plain_dirs, comp_dir);
    for (wr_slice dir; (dir = read_text(r)).n;) {
        WR_PUSH(&d->env->temp, t->dirs, join(&d->env->temp, comp_dir, dir));
        WR_PUSH(&d->env->temp, t->plain_dirs, dir);
    }
    for (wr_slice name; (name = read_text(r)).n;) {
        uint64_t dir = wr_read_u64(r);
        wr_read_u64(r); // time
        wr_read_u64(r); // size
        add_file(d, t, dir, name);
    }
    t->first_file = 1;
}

typedef struct content {
    uint64_t kind, form;
} content;

enum { LNCT_PATH = 1, LNCT_DIRECTORY = 2 };

static uint64_t read_number(wr_reader *r, uint64_t form) {
    switch (form) {
    case 0x0b: return wr_dwarf_fixed(r, 1);
    case 0x05: return wr_dwarf_fixed(r, 2);
    case 0x06:
    case 0x17: return wr_dwarf_fixed(r, 4);
    case 0x07: return wr_dwarf_fixed(r, 8);
    case 0x0f: return wr_read_u64(r);
    case 0x1e: wr_read_bytes(r, 16); return 0;
    case 0x09: {
        uint64_t n = wr_read_u64(r);
        if (n > wr_left(r)) wr_reader_fail(r, "unexpected end of debug information");
        wr_read_bytes(r, (size_t)n);
        return 0;
    }
    default: wr_reader_fail(r, "an unknown form in a line table");
    }
}

static wr_slice read_path(wr_dwarf *d, wr_reader *r, uint64_t form) {
    switch (form) {
    case 0x08: return read_text(r);
    case 0x0e: return wr_dwarf_string(d->sections[WR_DWARF_STR], wr_dwarf_fixed(r, 4));
    case 0x1f: return wr_dwarf_string(d->sections[WR_DWARF_LINE_STR], wr_dwarf_fixed(r, 4));
    default: wr_reader_fail(r, "an unknown form in a line table");
    }
}

static uint32_t read_contents(wr_reader *r, content *contents) {
    uint32_t n = wr_read_u8(r);
    for (uint32_t i = 0; i < n; i++) contents[i] = (content){wr_read_u64(r), wr_read_u64(r)};
    return n;
}

// DWARF 5: reads a list of directories or of files. The first directory is the unit's own.
static void read_new_list(wr_dwarf *d, wr_reader *r, wr_slice comp_dir, wr_line_table *t, bool files) {
    content contents[256];
    uint32_t n = read_contents(r, contents);
    uint64_t count = wr_read_u64(r);
    if (count > wr_left(r)) wr_reader_fail(r, "unexpected end of debug information");
    if (!n) count = 0;
    for (uint64_t i = 0; i < count; i++) {
        wr_slice path = {0};
        uint64_t dir = 0;
        for (uint32_t k = 0; k < n; k++) {
            if (contents[k].kind == LNCT_PATH)
                path = read_path(d, r, contents[k].form);
            else if (contents[k].kind == LNCT_DIRECTORY)
                dir = read_number(r, contents[k].form);
            else
                read_number(r, contents[k].form);
        }
        if (files) {
            add_file(d, t, dir, path);
        } else {
            WR_PUSH(&d->env->temp, t->plain_dirs, path);
            path = join(&d->env->temp, t->dirs.n ? t->dirs.v[0] : comp_dir, path);
            WR_PUSH(&d->env->temp, t->dirs, path);
        }
    }
}

void wr_dwarf_line_table_read(wr_dwarf *d, uint64_t offset, wr_slice comp_dir, wr_line_table *t) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_LINE, offset);
    *t = (wr_line_table){.offset = wr_offset(&r)};
    uint64_t length = wr_dwarf_length(&r);
    t->end = wr_offset(&r) + length;
    r.end = r.p + length;
    t->version = (unsigned)wr_dwarf_fixed(&r, 2);
    if (t->version < 2 || t->version > 5) wr_reader_fail(&r, "a line table of an unknown version");
    t->address_size = d->unit.address_size;
    if (t->version == 5) {
        t->address_size = wr_read_u8(&r);
        wr_read_u8(&r);
    }
    uint64_t head = wr_dwarf_fixed(&r, 4);
    t->program = wr_offset(&r) + head;
    if (t->program > t->end) wr_reader_fail(&r, "a line table of an unknown kind");
    t->min_length = wr_read_u8(&r);
    if (t->version >= 4) wr_read_u8(&r);
    t->default_is_stmt = wr_read_u8(&r) != 0;
    t->line_base = (int8_t)wr_read_u8(&r);
    t->line_range = wr_read_u8(&r);
    t->opcode_base = wr_read_u8(&r);
    t->operands = r.p - 1;
    if (!t->line_range || !t->opcode_base || (t->address_size != 4 && t->address_size != 8))
        wr_reader_fail(&r, "a line table of an unknown kind");
    wr_read_bytes(&r, t->opcode_base - 1);
    if (t->version < 5) {
        read_old_files(d, &r, comp_dir, t);
    } else {
        read_new_list(d, &r, comp_dir, t, false);
        read_new_list(d, &r, comp_dir, t, true);
    }
}

// --- The program ---

typedef struct machine {
    wr_dwarf *d;
    const wr_line_table *t;
    wr_line_rows *rows;
    wr_line_row row;
} machine;

static void start_sequence(machine *m) {
    m->row = (wr_line_row){.file = 1, .line = 1, .flags = m->t->default_is_stmt ? WR_LINE_IS_STMT : 0};
}

static void emit(machine *m) {
    WR_PUSH(&m->d->env->temp, *m->rows, m->row);
    m->row.flags &= WR_LINE_IS_STMT;
    m->row.discriminator = 0;
}

static void advance(machine *m, uint64_t operation) { m->row.address += operation * m->t->min_length; }

static void extended(machine *m, wr_reader *r) {
    uint64_t n = wr_read_u64(r);
    if (!n || n > wr_left(r)) wr_reader_fail(r, "a malformed line table");
    wr_reader op = wr_reader_of(m->d->env, wr_read_bytes(r, (size_t)n), 0);
    switch (wr_read_u8(&op)) {
    case 1:
        m->row.flags |= WR_LINE_END_SEQUENCE;
        emit(m);
        start_sequence(m);
        break;
    case 2: m->row.address = wr_dwarf_fixed(&op, wr_left(&op) > 8 ? 8 : (unsigned)wr_left(&op)); break;
    case 4: m->row.discriminator = (uint32_t)wr_read_u64(&op); break;
    default: break; // all compilers define files in the header
    }
}

static void standard(machine *m, wr_reader *r, uint8_t op) {
    switch (op) {
    case 1: emit(m); break;
    case 2: advance(m, wr_read_u64(r)); break;
    case 3: m->row.line += (uint32_t)wr_read_s64(r); break;
    case 4: m->row.file = (uint32_t)wr_read_u64(r); break;
    case 5: m->row.column = (uint32_t)wr_read_u64(r); break;
    case 6: m->row.flags ^= WR_LINE_IS_STMT; break;
    case 7: m->row.flags |= WR_LINE_BASIC_BLOCK; break;
    case 8: advance(m, (255u - m->t->opcode_base) / m->t->line_range); break;
    case 9: m->row.address += wr_dwarf_fixed(r, 2); break;
    case 10: m->row.flags |= WR_LINE_PROLOGUE_END; break;
    case 11: m->row.flags |= WR_LINE_EPILOGUE_BEGIN; break;
    default:
        for (uint8_t i = 0; i < m->t->operands[op]; i++) wr_read_u64(r);
    }
}

void wr_dwarf_line_table_rows(wr_dwarf *d, const wr_line_table *t, wr_line_rows *rows) {
    const uint8_t *section = d->sections[WR_DWARF_LINE].p;
    wr_reader r =
        wr_reader_of(d->env, wr_slice_of(section + t->program, (size_t)(t->end - t->program)), t->program);
    machine m = {.d = d, .t = t, .rows = rows};
    start_sequence(&m);
    while (!wr_at_end(&r)) {
        uint8_t op = wr_read_u8(&r);
        if (!op) {
            extended(&m, &r);
        } else if (op < t->opcode_base) {
            standard(&m, &r, op);
        } else {
            unsigned special = op - t->opcode_base;
            advance(&m, special / t->line_range);
            m.row.line += (uint32_t)(t->line_base + (int)(special % t->line_range));
            emit(&m);
        }
    }
    if (rows->n && !(rows->v[rows->n - 1].flags & WR_LINE_END_SEQUENCE)) { // the program was cut off
        m.row.flags |= WR_LINE_END_SEQUENCE;
        emit(&m);
    }
}
