// strip: removes custom sections that no engine needs: names, DWARF, source maps, producers, build ids.
//
// What the user wants to keep is kept as far as it stays true: names are moved to the new numbering, and
// target_features is made from the code's features; the input's DWARF can't be kept, since its addresses are
// those of the old code. Sections that are known to name functions or places are moved along
// (ir/encode/code_metadata.h), or dropped with a note. Unknown sections stay as they are. docs/SECTIONS.md
// lists the known ones.
#include "ir/encode/code_metadata.h"
#include "ir/ins.h"
#include "passes/manager/pass.h"
#include "support/buf.h"

// Tools, debuggers and engines' profilers read these; no program does.
static const char *const strippable[] = {
    "name",
    ".debug_*",
    "sourceMappingURL",
    "external_debug_info",
    "producers",
    "target_features",
    "build_id",
    "go:buildid",
    ".llvm*",
    "metadata.code.call_targets",
    "component-name",
};

// Addresses or hashes of the old module, which are never true of the new one.
static const char *const stale[] = {".debug_*", "build_id", "external_debug_info", "sourceMappingURL"};

static bool listed(const char *const *names, size_t n, wr_slice name) {
    for (size_t i = 0; i < n; i++) {
        char *pattern = (char *)names[i];
        wr_patterns one = {.items = &pattern, .n = 1};
        if (wr_config_matches(&one, name)) return true;
    }
    return false;
}

// Sections with a meaning for a loader or a later tool, which "strip everything" spares.
static bool is_needed(wr_slice name) {
    return wr_slice_is(name, "dylink.0") || wr_slice_is(name, "dylink") ||
           wr_slice_starts(name, "component-type");
}

bool wr_strip_keeps(const wr_config *config, wr_slice name) {
    if (wr_config_matches(&config->keep_section, name)) return true;
    if ((wr_slice_is(name, "name") || wr_slice_is(name, "component-name")) && config->debug_names)
        return true;
    if (is_needed(name)) return true;
    if (wr_config_matches(&config->strip, name)) return false;
    if (wr_config_matches(&config->strip, wr_slice_str("all"))) return false;
    return !listed(strippable, WR_COUNT(strippable), name);
}

// Whether the section names functions or places of the old module and can't be updated.
static bool is_lost(wr_context *c, uint32_t index) {
    static const char *const by_function[] = {"compilationHints", "llvm.func_attr.annotate.*"};
    wr_slice name = c->m->customs[index].name;
    if (wr_code_metadata_is(name)) return !wr_code_metadata_can_move(c->env, c->m, index);
    return listed(by_function, WR_COUNT(by_function), name);
}

static bool is_kept(wr_context *c, const wr_custom *custom) {
    wr_slice name = custom->name;
    if (wr_config_matches(&c->config->keep_section, name) && listed(stale, WR_COUNT(stale), name))
        wr_pass_note(c, "section \"%.*s\" was kept, but it describes the module before optimization",
                     (int)name.n, (const char *)name.p);
    return wr_strip_keeps(c->config, name);
}

// Writes target_features with the names of the features that the code uses.
static void rewrite_features(wr_context *c, wr_custom *custom) {
#define X(id, text) text,
    static const char *const names[] = {WR_FEATURES(X)};
#undef X
    wr_buf list = wr_buf_in(&c->env->perm);
    uint32_t n = 0;
    uint64_t done = WR_F(MVP) | WR_F(BRANCH_HINTS) | WR_F(EXNREF) | WR_F(LEGACY_EH);
    uint64_t features = c->m->features;
    if (features & (WR_F(EXNREF) | WR_F(LEGACY_EH))) features |= WR_F(EH);
    for (unsigned i = 0; i < WR_FEATURE_COUNT; i++) {
        if (!(features & ~done & ((uint64_t)1 << i))) continue;
        wr_put_u8(&list, '+');
        wr_put_sized(&list, wr_slice_str(names[i]));
        n++;
    }
    wr_buf payload = wr_buf_in(&c->env->perm);
    wr_put_uleb(&payload, n);
    wr_put_slice(&payload, wr_buf_slice(&list));
    custom->payload = wr_buf_slice(&payload);
}

// Notes the sections that were dropped because the code they describe has changed, unless the user asked for
// that or has them written anew.
static void note_dropped(wr_context *c, uint64_t dropped) {
    const wr_config *config = c->config;
    if (!dropped || config->strip.given || config->source_map_out || config->symbols_out || config->dwarf)
        return;
    wr_pass_note(
        c,
        "debug information (%llu bytes) was left out; --symbols-out=FILE keeps beside the module what stack "
        "traces need, --source-map-out=FILE what debuggers do",
        (unsigned long long)dropped);
}

void wr_pass_strip(wr_context *c) {
    uint64_t dropped = 0;
    for (uint32_t i = 0; i < c->m->ncustoms; i++) {
        wr_custom *custom = &c->m->customs[i];
        bool was_live = custom->live;
        custom->live = custom->live && is_kept(c, custom);
        if (custom->live && is_lost(c, i)) {
            custom->live = false;
            wr_pass_note(c,
                         "section \"%.*s\" was dropped: it names functions or places in code, in a form that "
                         "is not known",
                         (int)custom->name.n, (const char *)custom->name.p);
        }
        if (was_live && !custom->live &&
            (wr_slice_starts(custom->name, ".debug_") || wr_slice_is(custom->name, "sourceMappingURL")))
            dropped += custom->payload.n;
        if (custom->live && wr_slice_is(custom->name, "target_features")) rewrite_features(c, custom);
    }
    note_dropped(c, dropped);
}
