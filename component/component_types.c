// Skips types in components. They never change, so only their form is checked; whether indices are in range
// is up to validators of components. Component and instance types have index spaces of their own, which
// nothing outside refers to.
#include "component_parts.h"
#include "ir/ins.h"

// --- Core types ---

static void skip_field(wr_reader *r) {
    wr_valtype_read_storage(r);
    const uint8_t *at = r->p;
    if (wr_read_u8(r) > 1) wr_reader_fail_at(r, at, "expected mutability 0 or 1, found 0x%02x", *at);
}

static void skip_global(wr_reader *r) {
    wr_valtype_read(r);
    const uint8_t *at = r->p;
    if (wr_read_u8(r) > 3) wr_reader_fail_at(r, at, "expected mutability 0 to 3, found 0x%02x", *at);
}

static void skip_composite(wr_reader *r) {
    if (wr_left(r) && *r->p == 0x65) r->p++; // shared between threads
    const uint8_t *at = r->p;
    uint8_t form = wr_read_u8(r);
    uint32_t n;
    switch (form) {
    case 0x60: // function: parameters and results
        for (unsigned list = 0; list < 2; list++)
            for (n = wr_read_count(r, 1, "value types"); n; n--) wr_valtype_read(r);
        return;
    case 0x5f:
        for (n = wr_read_count(r, 2, "fields"); n; n--) skip_field(r);
        return;
    case 0x5e: skip_field(r); return;
    case 0x5d: wr_read_s33(r); return; // continuation
    default: wr_reader_fail_at(r, at, "expected a function, struct or array type, found byte 0x%02x", form);
    }
}

static void skip_subtype(wr_reader *r) {
    if (wr_left(r) && (*r->p == 0x50 || *r->p == 0x4f)) {
        r->p++;
        for (uint32_t n = wr_read_count(r, 1, "supertypes"); n; n--) wr_read_u32(r);
    }
    skip_composite(r);
}

static uint32_t skip_rectype(wr_reader *r) {
    uint32_t n = 1;
    if (wr_left(r) && *r->p == 0x4e) {
        r->p++;
        n = wr_read_count(r, 2, "types");
    }
    for (uint32_t i = 0; i < n; i++) skip_subtype(r);
    return n;
}

static void skip_limits(wr_reader *r) {
    uint8_t flags = wr_read_u8(r);
    if (flags > 15) wr_reader_fail_at(r, r->p - 1, "expected limits flags, found 0x%x", flags);
    for (unsigned n = 1 + (flags & 1); n; n--) wr_read_u64(r);
    if (flags & 8) wr_read_u32(r);
}

// Skips the type of an import or export of a core module.
static void skip_core_extern_type(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t kind = wr_read_u8(r);
    switch (kind) {
    case 0: wr_read_u32(r); return;
    case 1:
        wr_valtype_read(r);
        skip_limits(r);
        return;
    case 2: skip_limits(r); return;
    case 3: skip_global(r); return;
    case 4:
        if (wr_read_u8(r)) wr_reader_fail_at(r, r->p - 1, "expected tag attribute 0 (exception)");
        wr_read_u32(r);
        return;
    default: wr_reader_fail_at(r, at, "expected the kind of an import or export, 0 to 4, found 0x%02x", kind);
    }
}

static void skip_core_alias(wr_reader *r) {
    const uint8_t *at = r->p;
    if (wr_read_u8(r) != 0x10 || wr_read_u8(r) != 0x01)
        wr_reader_fail_at(r, at, "expected an outer alias of a core type");
    wr_read_u32(r);
    wr_read_u32(r);
}

static void skip_module_decl(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t kind = wr_read_u8(r);
    switch (kind) {
    case 0: // an import has two names
        wr_read_name(r);
        // fallthrough
    case 3:
        wr_read_name(r);
        skip_core_extern_type(r);
        return;
    case 1: skip_rectype(r); return;
    case 2: skip_core_alias(r); return;
    default: wr_reader_fail_at(r, at, "expected a declaration of a module type, 0 to 3, found 0x%02x", kind);
    }
}

uint32_t wr_component_skip_core_type(wr_reader *r) {
    uint8_t first = wr_left(r) ? *r->p : 0xff;
    if (first == 0x50) { // a module type; there, a type that is not final has a zero byte before its 0x50
        r->p++;
        for (uint32_t n = wr_read_count(r, 3, "declarations"); n; n--) skip_module_decl(r);
        return 1;
    }
    if (first == 0x00) {
        r->p++;
        if (!wr_left(r) || *r->p != 0x50) wr_reader_fail(r, "expected a type that is not final, 0x50");
    }
    return skip_rectype(r);
}

// --- Value types ---

static bool is_primitive(uint8_t byte) { return (byte >= 0x73 && byte <= 0x7f) || byte == 0x64; }

void wr_component_skip_valtype(wr_reader *r) {
    const uint8_t *at = r->p;
    if (wr_left(r) && is_primitive(*r->p))
        r->p++;
    else if (wr_read_s33(r) < 0)
        wr_reader_fail_at(r, at, "expected a value type, found byte 0x%02x", *at);
}

static bool read_flag(wr_reader *r, const char *of) {
    const uint8_t *at = r->p;
    uint8_t flag = wr_read_u8(r);
    if (flag > 1) wr_reader_fail_at(r, at, "expected 0 or 1 for %s, found 0x%02x", of, flag);
    return flag;
}

static void skip_optional_valtype(wr_reader *r) {
    if (read_flag(r, "an optional type")) wr_component_skip_valtype(r);
}

static void skip_labelled(wr_reader *r, const char *what) {
    for (uint32_t n = wr_read_count(r, 2, what); n; n--) {
        wr_read_name(r);
        wr_component_skip_valtype(r);
    }
}

static void skip_cases(wr_reader *r) {
    for (uint32_t n = wr_read_count(r, 3, "cases"); n; n--) {
        wr_read_name(r);
        skip_optional_valtype(r);
        if (wr_read_u8(r)) wr_reader_fail_at(r, r->p - 1, "expected a zero byte after a case");
    }
}

static void skip_defined_type(wr_reader *r, const uint8_t *at) {
    uint32_t n;
    switch (*at) {
    case 0x72: skip_labelled(r, "fields"); return;
    case 0x71: skip_cases(r); return;
    case 0x63: // a map has two types
        wr_component_skip_valtype(r);
        // fallthrough
    case 0x70:
    case 0x6b: wr_component_skip_valtype(r); return;
    case 0x67:
        wr_component_skip_valtype(r);
        wr_read_u32(r);
        return;
    case 0x6f:
        for (n = wr_read_count(r, 1, "types"); n; n--) wr_component_skip_valtype(r);
        return;
    case 0x6e:
    case 0x6d:
        for (n = wr_read_count(r, 1, "labels"); n; n--) wr_read_name(r);
        return;
    case 0x6a: // a result has two optional types
        skip_optional_valtype(r);
        // fallthrough
    case 0x66:
    case 0x65: skip_optional_valtype(r); return;
    case 0x69:
    case 0x68: wr_read_u32(r); return;
    default: wr_reader_fail_at(r, at, "expected a component type, found byte 0x%02x", *at);
    }
}

void wr_component_skip_results(wr_reader *r) {
    if (!read_flag(r, "a list of results"))
        wr_component_skip_valtype(r);
    else if (wr_read_u8(r))
        wr_reader_fail_at(r, r->p - 1, "expected a function type with at most one result");
}

// --- Names and external types ---

wr_slice wr_component_read_name(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t form = wr_read_u8(r);
    if (form > 2)
        wr_reader_fail_at(r, at, "expected the name of an import or export, 0 to 2, found 0x%02x", form);
    wr_slice name = wr_read_name(r);
    if (form < 2) return name;
    for (uint32_t n = wr_read_count(r, 2, "attributes of a name"); n; n--) {
        at = r->p;
        if (wr_read_u8(r) > 2)
            wr_reader_fail_at(r, at, "expected an attribute of a name, 0 to 2, found 0x%02x", *at);
        wr_read_name(r);
    }
    return name;
}

wr_sort wr_component_skip_extern_type(wr_reader *r) {
    const uint8_t *at = r->p;
    wr_sort sort = wr_component_read_sort(r);
    switch (sort) {
    case WR_SORT_TYPE: // a bound: equal to a type, or any resource
        if (!read_flag(r, "the bound of a type")) wr_read_u32(r);
        return sort;
    case WR_SORT_VALUE: // likewise, or the type itself as older encoders wrote it
        wr_component_skip_valtype(r);
        return sort;
    case WR_SORT_CORE_MODULE:
    case WR_SORT_FUNC:
    case WR_SORT_COMPONENT:
    case WR_SORT_INSTANCE: wr_read_u32(r); return sort;
    default:
        wr_reader_fail_at(r, at, "expected what an import or export is, found a %s",
                          wr_component_sort_name(sort));
    }
}

// --- Definitions ---

static void skip_type(wr_reader *r, unsigned depth);

static void skip_alias(wr_reader *r) {
    wr_component_read_sort(r);
    const uint8_t *at = r->p;
    uint8_t target = wr_read_u8(r);
    if (target > 2) wr_reader_fail_at(r, at, "expected the target of an alias, 0 to 2, found 0x%02x", target);
    wr_read_u32(r);
    if (target == 2)
        wr_read_u32(r);
    else
        wr_read_name(r);
}

static void skip_declarations(wr_reader *r, bool of_component, unsigned depth) {
    for (uint32_t n = wr_read_count(r, 2, "declarations"); n; n--) {
        const uint8_t *at = r->p;
        uint8_t kind = wr_read_u8(r);
        if (kind == 0) {
            wr_component_skip_core_type(r);
        } else if (kind == 1) {
            skip_type(r, depth);
        } else if (kind == 2) {
            skip_alias(r);
        } else if (kind == 4 || (kind == 3 && of_component)) {
            wr_component_read_name(r);
            wr_component_skip_extern_type(r);
        } else {
            wr_reader_fail_at(
                r, at, "expected a declaration of a component or instance type, 0 to 4, found 0x%02x", kind);
        }
    }
}

static void skip_type(wr_reader *r, unsigned depth) {
    const uint8_t *at = r->p;
    uint8_t form = wr_read_u8(r);
    if (depth == WR_MAX_NESTING)
        wr_reader_fail_at(r, at, "types nested more than %d deep are not handled", WR_MAX_NESTING);
    if (form == 0x40 || form == 0x43) {
        skip_labelled(r, "parameters");
        wr_component_skip_results(r);
    } else if (form == 0x41 || form == 0x42) {
        skip_declarations(r, form == 0x41, depth + 1);
    } else if (!is_primitive(form)) {
        skip_defined_type(r, at);
    }
}

// Reads a resource, which only a component itself can define, not a type.
static void read_resource(wr_def_reader *d) {
    wr_reader *r = &d->r;
    wr_valtype_read(r);
    if (read_flag(r, "a destructor"))
        wr_component_read_ref(d, WR_SORT_CORE_FUNC, wr_def_place(d), (wr_slice){0});
}

void wr_component_read_type(wr_def_reader *d) {
    wr_reader *r = &d->r;
    if (wr_left(r) && *r->p == 0x3f) {
        r->p++;
        read_resource(d);
    } else {
        skip_type(r, 0);
    }
}
