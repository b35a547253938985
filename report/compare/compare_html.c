// The comparison as one page that loads nothing: charts drawn here as SVG, and the tables, in light and dark.
#include "compare_parts.h"
#include "support/format.h"
#include "wring.h"

enum {           // a chart's measures, in its own units
    LABEL = 158, // width of the names
    BAR = 250,   // of the longest bar
    WIDTH = 560,
    ROW = 26,
    THICK = 16,
};

static const char style[] =
    ":root{color-scheme:light dark;--back:#fbfbfa;--card:#fff;--line:#e3e3df;--text:#1d1f21;--soft:#64686d;"
    "--input:#9aa0a6;--wring:#2563c9;--binaryen:#c2620a;--both:#7c4bc0;--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--back:#16181b;--card:#1f2226;--line:#34383e;--text:#e8e8e6;--"
    "soft:#9ba1a8;"
    "--input:#737a82;--wring:#6ea3f5;--binaryen:#e9963f;--both:#b48df0;--bad:#ff8a80}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);"
    "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}"
    "main{max-width:1200px;margin:0 auto;padding:32px 20px "
    "48px}h1{font-size:24px;margin:0;overflow-wrap:anywhere}"
    "h2{font-size:15px;font-weight:600;margin:0 0 8px}p,.key{color:var(--soft);margin:4px 0 20px}"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px;margin:"
    "20px 0}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;min-width:0}"
    ".wide{overflow-x:auto;margin:16px 0}svg{display:block;width:100%;height:auto}"
    "svg text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;fill:var(--text)}"
    "svg .soft{fill:var(--soft);paint-order:stroke;stroke:var(--card);stroke-width:4px}svg "
    ".base{stroke:var(--soft);stroke-dasharray:3 3}svg .whisker{stroke:var(--text)}"
    ".input{fill:var(--input);background:var(--input)}.wring{fill:var(--wring);background:var(--wring)}"
    ".binaryen{fill:var(--binaryen);background:var(--binaryen)}.both{fill:var(--both);background:var(--both)}"
    ".key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 6px 0 16px}.key "
    "i:first-child{margin-left:0}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line)}tr:last-child "
    "td{border-bottom:0}"
    "th{color:var(--soft);font-weight:600}th:first-child,td:first-child{text-align:left}td.near,th.near{"
    "color:var(--soft);padding-left:0}"
    ".bad{color:var(--bad);font-weight:600}ul{color:var(--soft);padding-left:20px;overflow-wrap:anywhere}";

static const char *const classes[] = {"input", "wring", "binaryen", "both"};

static void put_escaped(wr_buf *b, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&': wr_put_format(b, "&amp;"); break;
        case '<': wr_put_format(b, "&lt;"); break;
        case '>': wr_put_format(b, "&gt;"); break;
        case '"': wr_put_format(b, "&quot;"); break;
        default: wr_put_u8(b, (uint8_t)*text);
        }
    }
}

// --- Charts ---

// What a chart shows of a variant: a value, text beside it, and whiskers where it was measured several times.
typedef struct chart_bar {
    bool shown;
    double value, low, high;
    const char *text;
} chart_bar;

typedef chart_bar bar_fn(wr_env *env, const wr_comparison *c, const wr_variant *v, unsigned detail);

static chart_bar size_bar(wr_env *env, const wr_comparison *c, const wr_variant *v, unsigned codec) {
    if (v->error) return (chart_bar){0};
    uint64_t size = v->sizes.bytes[codec];
    double percent = wr_percent(size, c->variants[0].sizes.bytes[codec]);
    return (chart_bar){true, (double)size, 0, 0,
                       wr_compare_format(env, "%s (%.1f %%)", wr_format_thousands(size).s, percent)};
}

static chart_bar samples_bar(wr_env *env, const wr_comparison *c, const wr_variant *v, unsigned compile) {
    (void)c;
    const wr_samples *s = compile ? &v->compile : &v->run;
    if (!s->n) return (chart_bar){0};
    return (chart_bar){true, s->median, s->low, s->high,
                       wr_compare_format(env, "%s (%.3f)", wr_format_duration(s->median / 1e3).s, s->ratio)};
}

static chart_bar cost_bar(wr_env *env, const wr_comparison *c, const wr_variant *v, unsigned memory) {
    (void)c;
    if (v->tool == WR_TOOL_NONE || v->error) return (chart_bar){0};
    return memory ? (chart_bar){true, (double)v->peak_memory, 0, 0,
                                wr_compare_format(env, "%s", wr_format_memory(v->peak_memory).s)}
                  : (chart_bar){true, v->seconds, 0, 0,
                                wr_compare_format(env, "%s", wr_format_duration(v->seconds).s)};
}

static void put_bar(wr_buf *b, const wr_variant *v, const chart_bar *bar, double scale, int y) {
    double width = bar->value * scale, end = LABEL + (width > bar->high * scale ? width : bar->high * scale);
    int middle = y + ROW / 2;
    wr_put_format(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LABEL - 8, middle + 5);
    put_escaped(b, v->name);
    wr_put_format(b, "</text><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
                  classes[v->tool], LABEL, middle - THICK / 2, width < 1 ? 1 : width, THICK);
    if (bar->high > bar->low)
        wr_put_format(b, "<path class=\"whisker\" d=\"M%.1f %dH%.1fm0 -4v8M%.1f %dv8\"/>",
                      LABEL + bar->low * scale, middle, LABEL + bar->high * scale, LABEL + bar->low * scale,
                      middle - 4);
    wr_put_format(b, "<text class=\"soft\" x=\"%.1f\" y=\"%d\">", end + 8, middle + 5);
    put_escaped(b, bar->text);
    wr_put_format(b, "</text>");
}

// A card with a bar for each variant; nothing if there is none to draw.
static void put_chart(wr_buf *b, wr_env *env, const wr_comparison *c, const char *title, bar_fn *get,
                      unsigned detail) {
    double most = 0;
    unsigned rows = 0;
    for (size_t i = 0; i < c->nvariants; i++) {
        chart_bar bar = get(env, c, &c->variants[i], detail);
        if (!bar.shown) continue;
        rows++;
        if (bar.value > most) most = bar.value;
        if (bar.high > most) most = bar.high;
    }
    if (!rows) return;
    double scale = most > 0 ? BAR / most : 0;
    chart_bar first = get(env, c, &c->variants[0], detail);
    wr_put_format(b,
                  "<div class=\"card\"><h2>%s</h2><svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"%s\">",
                  title, WIDTH, rows * ROW, title);
    if (first.shown)
        wr_put_format(b, "<path class=\"base\" d=\"M%.1f 0V%u\"/>", LABEL + first.value * scale, rows * ROW);
    int y = 0;
    for (size_t i = 0; i < c->nvariants; i++) {
        chart_bar bar = get(env, c, &c->variants[i], detail);
        if (!bar.shown) continue;
        put_bar(b, &c->variants[i], &bar, scale, y);
        y += ROW;
    }
    wr_put_format(b, "</svg></div>\n");
}

static void put_charts(wr_buf *b, wr_env *env, const wr_comparison *c) {
    wr_put_format(b, "<div class=\"charts\">\n");
    for (unsigned codec = 0; codec < WR_CODEC_COUNT; codec++)
        put_chart(b, env, c, wr_compare_format(env, "Bytes, %s", wr_codec_labels[codec]), size_bar, codec);
    put_chart(b, env, c, "Run time, and ratio to the input", samples_bar, 0);
    put_chart(b, env, c, "Compile time, and ratio to the input", samples_bar, 1);
    put_chart(b, env, c, "Time of the optimizer", cost_bar, 0);
    put_chart(b, env, c, "Peak memory of the optimizer", cost_bar, 1);
    wr_put_format(b, "</div>\n");
}

// --- Tables and text ---

static void put_table(wr_buf *b, const wr_grid *grid) {
    if (!grid->rows) return;
    wr_put_format(b, "<div class=\"card wide\"><table>\n");
    for (unsigned row = 0; row < grid->rows; row++) {
        wr_put_format(b, "<tr>");
        for (unsigned column = 0; column < grid->columns; column++) {
            const char *text = grid->cells[row * grid->columns + column], *tag = row ? "td" : "th";
            bool near = column && !*grid->cells[column], bad = !strcmp(text, "DIFFERENT");
            wr_put_format(b, "<%s%s>", tag, near ? " class=\"near\"" : bad ? " class=\"bad\"" : "");
            put_escaped(b, text);
            wr_put_format(b, "</%s>", tag);
        }
        wr_put_format(b, "</tr>\n");
    }
    wr_put_format(b, "</table></div>\n");
}

static void put_key(wr_buf *b, const wr_comparison *c) {
    static const char *const names[] = {"input", "wring", "Binaryen", "both, Binaryen first"};
    wr_put_format(b, "<div class=\"key\">");
    for (unsigned tool = 0; tool < WR_COUNT(names); tool++) {
        bool used = false;
        for (size_t i = 0; i < c->nvariants; i++) used |= c->variants[i].tool == tool;
        if (used) wr_put_format(b, "<i class=\"%s\"></i>%s", classes[tool], names[tool]);
    }
    wr_put_format(b, "</div>\n");
}

static void put_remarks(wr_buf *b, wr_env *env, const wr_comparison *c) {
    wr_put_format(b, "<ul>\n");
    const char *remark;
    for (size_t i = 0; (remark = wr_compare_remark(env, c, i)); i++) {
        wr_put_format(b, "<li>");
        put_escaped(b, remark);
        wr_put_format(b, "</li>\n");
    }
    wr_put_format(b, "</ul>\n");
}

wr_slice wr_compare_html(wr_env *env, const wr_comparison *c) {
    wr_buf buf = wr_buf_in(&env->perm), *b = &buf;
    wr_put_format(b, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    put_escaped(b, c->name);
    wr_put_format(b, " · wring compare</title>\n<style>%s</style>\n<main>\n<h1>", style);
    put_escaped(b, c->name);
    wr_put_format(b,
                  "</h1>\n<p>%s bytes; compared by wring %s. Shorter bars are better; the dashed line is the "
                  "input.</p>\n",
                  wr_format_thousands(c->variants[0].sizes.bytes[WR_CODEC_RAW]).s, wring_version());
    put_key(b, c);
    put_charts(b, env, c);
    wr_grid sizes = wr_compare_size_grid(env, c), runs = wr_compare_run_grid(env, c);
    put_table(b, &sizes);
    put_table(b, &runs);
    put_remarks(b, env, c);
    wr_put_format(b, "</main>\n</html>\n");
    return wr_buf_slice(b);
}
