// The overview of a component. The rows of its first two tables add up to the size of the file.
#include "component_overview.h"

#include "ir/decode/decode.h"
#include "support/format.h"

// --- Sizes ---

static void measure_module(wr_env *env, const wr_core_module *module, wr_core_module_size *size) {
    wr_module m;
    wr_decode_module(env, module->bytes, &m);
    *size = (wr_core_module_size){
        .bytes = module->bytes.n, .nfuncs = m.nfuncs - m.nfunc_imports, .inside = module->component->depth};
    for (uint32_t i = 0; i < m.nsections; i++) {
        if (m.sections[i].id == WR_SEC_CODE) size->code += m.sections[i].size;
        if (m.sections[i].id == WR_SEC_DATA) size->data += m.sections[i].size;
        if (m.sections[i].id == WR_SEC_CUSTOM) size->custom += m.sections[i].size;
    }
    wr_arena_reset(&env->temp);
}

// Where a section ends is where the next one begins, so its header is what lies between payloads.
static void measure_component(wr_component_overview *o, const wr_component *c) {
    uint64_t end = c->offset + 8;
    o->preambles += 8;
    for (uint32_t i = 0; i < c->sections.n; i++) {
        const wr_csection *section = &c->sections.v[i];
        bool is_child = section->id == WR_CSEC_MODULE || section->id == WR_CSEC_COMPONENT;
        o->parts[section->id] += section->offset - end + (is_child ? 0 : section->payload.n);
        end = section->offset + section->payload.n;
    }
}

void wr_component_overview_make(wr_pool *pool, wr_slice input, wr_component_overview *o) {
    wr_env *env = wr_main_env(pool);
    *o = (wr_component_overview){.input = input};
    wr_component_decode(env, input, &o->file);
    o->modules = WR_NEW(&env->perm, wr_core_module_size, o->file.modules.n);
    for (uint32_t i = 0; i < o->file.modules.n; i++)
        measure_module(env, &o->file.modules.v[i], &o->modules[i]);
    for (uint32_t i = 0; i < o->file.components.n; i++) measure_component(o, o->file.components.v[i]);
    wr_component_interfaces_measure(pool, o);
}

// --- Writing ---

static void write_modules(wr_page *page, const wr_component_overview *o) {
    wr_page_heading(page, "Core modules (look into one with --core-module=N)");
    wr_sheet sheet = wr_sheet_begin(page, ">N|>bytes|>share|>code|>data|>custom|>functions|>nested");
    for (uint32_t i = 0; i < o->file.modules.n; i++) {
        const wr_core_module_size *m = &o->modules[i];
        wr_sheet_cell(&sheet, "%u", i);
        wr_sheet_number(&sheet, m->bytes);
        wr_sheet_share(&sheet, m->bytes, o->input.n);
        wr_sheet_number(&sheet, m->code);
        wr_sheet_number(&sheet, m->data);
        wr_sheet_number(&sheet, m->custom);
        wr_sheet_number(&sheet, m->nfuncs);
        wr_sheet_cell(&sheet, "%u", m->inside);
    }
    wr_sheet_end(&sheet);
}

static void write_parts(wr_page *page, const wr_component_overview *o) {
    static const char *const names[WR_CSECTIONS] = {"custom sections",
                                                    "headers of core modules",
                                                    "core instances",
                                                    "core types",
                                                    "headers of components",
                                                    "instances",
                                                    "aliases",
                                                    "types",
                                                    "canonical functions",
                                                    "start",
                                                    "imports",
                                                    "exports",
                                                    "values"};
    wr_page_heading(page, "What ties them together");
    wr_sheet sheet = wr_sheet_begin(page, "part|>bytes|>share");
    for (unsigned i = 0; i < WR_CSECTIONS; i++) {
        if (!o->parts[i]) continue;
        wr_sheet_cell(&sheet, "%s", names[i]);
        wr_sheet_number(&sheet, o->parts[i]);
        wr_sheet_share(&sheet, o->parts[i], o->input.n);
    }
    wr_sheet_cell(&sheet, "preambles");
    wr_sheet_number(&sheet, o->preambles);
    wr_sheet_share(&sheet, o->preambles, o->input.n);
    wr_sheet_end(&sheet);
}

static void write_interfaces(wr_page *page, const wr_component_overview *o) {
    if (!o->ninterfaces) return;
    wr_page_heading(
        page, "Imported interfaces: types, aliases and lowered functions; in core modules, what calls them");
    wr_sheet sheet = wr_sheet_begin(
        page, "interface|>bytes|>functions lowered|>callers|>their code|>with what only they need");
    for (uint32_t i = 0; i < o->ninterfaces; i++) {
        const wr_interface_size *size = &o->interfaces[i];
        wr_sheet_name(&sheet, size->name, 0);
        wr_sheet_number(&sheet, size->bytes);
        wr_sheet_number(&sheet, size->functions);
        wr_sheet_number(&sheet, size->callers);
        wr_sheet_number(&sheet, size->code);
        wr_sheet_number(&sheet, size->retained);
    }
    wr_sheet_end(&sheet);
}

void wr_component_overview_write(wr_page *page, const wr_component_overview *o, const char *file) {
    wr_page_line(page, "%s: a component of %s bytes, with %s in %s", file, wr_format_thousands(o->input.n).s,
                 wr_format_count(o->file.modules.n, "core module").s,
                 wr_format_count(o->file.components.n, "component").s);
    write_modules(page, o);
    write_parts(page, o);
    write_interfaces(page, o);
}
