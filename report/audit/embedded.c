// Looks for signatures at every place of a segment, and asks the format's own fields where the file ends.
// What doesn't end inside the segment, or has implausible fields, is no file.
#include "embedded.h"

#include <ctype.h>

#include "embed_table.h"

enum { LEAST_TEXT = 64, LEAST_SCANNED = 1 << 20 };

static uint32_t big32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static uint32_t big16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }

// Each returns the file's size, or 0, and adds to *scanned what it read in vain.

static uint64_t png_size(wr_slice s, uint64_t *scanned) {
    (void)scanned; // chunks: length, name, contents, CRC; the last is IEND
    for (uint64_t at = 8; at + 12 <= s.n;) {
        uint64_t next = at + 12 + big32(s.p + at);
        if (next > s.n || !isalpha(s.p[at + 4])) return 0;
        if (!memcmp(s.p + at + 4, "IEND", 4)) return next;
        at = next;
    }
    return 0;
}

// Segments up to the one that starts the picture's data, one of which describes the frame; then data up to an
// end marker. A table of signatures has the first bytes alone.
static uint64_t jpeg_size(wr_slice s, uint64_t *scanned) {
    enum { START_OF_SCAN = 0xda };
    bool has_frame = false;
    size_t at = 2;
    unsigned marker = 0;
    while (marker != START_OF_SCAN) {
        if (at + 4 > s.n || s.p[at] != 0xff || s.p[at + 1] < 0xc0) return 0;
        marker = s.p[at + 1];
        has_frame |= marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        at += 2 + big16(s.p + at + 2);
    }
    for (; has_frame && at + 2 <= s.n; at++)
        if (s.p[at] == 0xff && s.p[at + 1] == 0xd9) return at + 2;
    *scanned += s.n;
    return 0;
}

// The position behind sub-blocks, each of which has its length in front; 0 if they don't end.
static size_t skip_blocks(wr_slice s, size_t at) {
    while (at < s.n && s.p[at]) at += (size_t)s.p[at] + 1;
    return at < s.n ? at + 1 : 0;
}

static uint64_t gif_size(wr_slice s,
                         uint64_t *scanned) { // a screen, then images and extensions, then a trailer
    if (s.n < 13) return 0;
    size_t at = 13 + (s.p[10] & 0x80 ? (size_t)6 << (s.p[10] & 7) : 0);
    while (at && at + 10 < s.n && (s.p[at] == 0x21 || s.p[at] == 0x2c)) {
        if (s.p[at] == 0x21) {
            at = skip_blocks(s, at + 2);
            continue;
        }
        at = skip_blocks(s, at + 11 + (s.p[at + 9] & 0x80 ? (size_t)6 << (s.p[at + 9] & 7) : 0));
    }
    if (at && at < s.n && s.p[at] == 0x3b) return at + 1;
    *scanned += at;
    return 0;
}

static uint64_t riff_size(wr_slice s, uint64_t *scanned) {
    (void)scanned;
    return s.n < 12 || !isupper(s.p[8]) || wr_le32(s.p + 4) < 36 ? 0 : (uint64_t)wr_le32(s.p + 4) + 8;
}

static uint64_t font_size(wr_slice s, uint64_t *scanned) {
    (void)scanned; // a directory of tables: tag, checksum, offset, length
    uint64_t end = 0;
    if (s.n < 12) return 0;
    uint32_t n = big16(s.p + 4);
    if (n < 4 || n > 64 || 12 + 16 * (uint64_t)n > s.n) return 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *table = s.p + 12 + 16 * i;
        uint64_t last = (uint64_t)big32(table + 8) + big32(table + 12);
        if (!isgraph(table[0]) || !isgraph(table[1])) return 0;
        if (last > end) end = last;
    }
    return end;
}

static uint64_t woff_size(wr_slice s, uint64_t *scanned) {
    (void)scanned;
    return s.n < 16 ? 0 : big32(s.p + 8);
}

static uint64_t certificate_size(wr_slice s, uint64_t *scanned) {
    (void)scanned; // DER: a sequence whose first part is one, of nearly that length
    if (s.n < 8 || s.p[4] != 0x30 || s.p[5] != 0x82) return 0;
    uint32_t outer = big16(s.p + 2), inner = big16(s.p + 6);
    return inner + 64 < outer && inner + 1200 > outer && outer > 200 ? (uint64_t)outer + 4 : 0;
}

static uint64_t wasm_size(wr_slice s, uint64_t *scanned) {
    (void)scanned;
    uint64_t at = 8;
    while (at + 2 <= s.n && s.p[at] <= 13) {
        uint64_t size = 0, next = at + 1;
        for (unsigned shift = 0; next < s.n && shift < 35; shift += 7, next++) {
            size |= (uint64_t)(s.p[next] & 0x7f) << shift;
            if (!(s.p[next] & 0x80)) break;
        }
        next += 1 + size;
        if (!size || next > s.n) break;
        at = next;
    }
    return at > 8 ? at : 0;
}

static uint64_t time_zone_size(wr_slice s, uint64_t *scanned) {
    (void)scanned; // counts of six kinds of entries follow the version
    if (s.n < 44) return 0;
    uint64_t utc = big32(s.p + 20), std = big32(s.p + 24), leap = big32(s.p + 28), times = big32(s.p + 32),
             types = big32(s.p + 36), chars = big32(s.p + 40);
    return 44 + times * 5 + types * 6 + chars + leap * 8 + std + utc;
}

static uint64_t pem_size(wr_slice s, uint64_t *scanned) {
    const uint8_t *end = memmem(s.p, s.n, "-----END ", 9);
    const uint8_t *stop = end ? memmem(end + 9, (size_t)(s.p + s.n - end) - 9, "-----", 5) : NULL;
    if (!stop) *scanned += s.n;
    return stop ? (uint64_t)(stop - s.p) + 5 : 0;
}

static bool is_text(uint8_t c) { return c >= 0x20 || c == '\n' || c == '\t' || c == '\r'; }

static uint64_t text_size(wr_slice s, uint64_t *scanned) {
    size_t n = 0;
    while (n < s.n && is_text(s.p[n])) n++;
    while (n && isspace(s.p[n - 1])) n--;
    if (n >= LEAST_TEXT && s.p[n - 1] == '>') return n;
    *scanned += n;
    return 0;
}

// The words of four letters come first; the last word is Hindi. Texts that only quote the beginning, as the
// table below does, are not it.
static uint64_t brotli_size(wr_slice s, uint64_t *scanned) {
    static const char last[] =
        "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb0\xe0\xa4\xbf\xe0\xa4\xaf\xe0\xa4\xa4\xe0\xa4\xbe";
    enum { SIZE = 122784, LAST = sizeof last - 1 };
    (void)scanned;
    return s.n >= SIZE && !memcmp(s.p + SIZE - LAST, last, LAST) ? SIZE : 0;
}

// Text with balanced brackets outside strings that begins with a key or a list of objects.
static uint64_t json_size(wr_slice s, uint64_t *scanned) {
    uint32_t depth = 0, colons = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n && is_text(s.p[i]); i++, ++*scanned) {
        uint8_t c = s.p[i];
        if (c == '\\' && quoted) {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            depth += c == '{' || c == '[';
            colons += c == ':';
            if ((c == '}' || c == ']') && !--depth) return i + 1 >= LEAST_TEXT && colons > 1 ? i + 1 : 0;
        }
    }
    return 0;
}

static const struct format {
    const char *signature;
    uint8_t n;
    const char *name;
    uint64_t (*size)(wr_slice s, uint64_t *scanned);
} formats[] = {
    {"\x89PNG\r\n\x1a\n", 8, "PNG image", png_size},
    {"\xff\xd8\xff\xe0", 4, "JPEG image", jpeg_size},
    {"\xff\xd8\xff\xe1", 4, "JPEG image", jpeg_size},
    {"GIF89a", 6, "GIF image", gif_size},
    {"RIFF", 4, "RIFF file (WebP image, sound)", riff_size},
    {"\0\1\0\0\0", 5, "TrueType font", font_size},
    {"OTTO\0", 5, "OpenType font", font_size},
    {"wOFF", 4, "WOFF font", woff_size},
    {"wOF2", 4, "WOFF2 font", woff_size},
    {"\x30\x82", 2, "certificate or key (DER)", certificate_size},
    {"\0asm\1\0\0\0", 8, "WebAssembly module", wasm_size},
    {"TZif", 4, "time zone", time_zone_size},
    {"-----BEGIN ", 11, "certificate or key (PEM)", pem_size},
    {"<?xml", 5, "XML", text_size},
    {"<svg", 4, "SVG image", text_size},
    {"<!DOCTYPE", 9, "HTML", text_size},
    {"timedownlifeleftback", 20, "Brotli's dictionary", brotli_size},
    {"{\"", 2, "JSON", json_size},
    {"[{\"", 3, "JSON", json_size},
    {"{\n", 2, "JSON", json_size},
};

_Static_assert(WR_COUNT(formats) <= 32, "a bit for each format");

// By byte: the formats whose signature has it at first, or second. Most places in data are passed over by
// these.
typedef struct beginnings {
    uint32_t first[256], second[256];
} beginnings;

static void find_beginnings(beginnings *b) {
    for (size_t i = 0; i < WR_COUNT(formats); i++) {
        b->first[(uint8_t)formats[i].signature[0]] |= 1u << i;
        b->second[(uint8_t)formats[i].signature[1]] |= 1u << i;
    }
}

// `may_be` has the formats that the first two bytes allow.
static wr_embedded file_at(wr_slice s, size_t at, uint32_t may_be, uint64_t *scanned) {
    wr_embedded none = {0};
    wr_slice rest = wr_slice_of(s.p + at, s.n - at);
    for (; may_be; may_be &= may_be - 1) {
        const struct format *format = &formats[__builtin_ctz(may_be)];
        if (rest.n < format->n || memcmp(rest.p, format->signature, format->n) != 0) continue;
        uint64_t size = format->size(rest, scanned);
        if (size > format->n && size <= rest.n)
            return (wr_embedded){.offset = at, .size = size, .format = format->name};
    }
    return none;
}

typedef struct file_finder {
    wr_env *env;
    beginnings begins;
    uint64_t scanned, most; // so that the search takes linear time
    wr_embedded_list found;
} file_finder;

// Looks for signatures between two offsets of a segment.
static void search(file_finder *f, uint32_t data, wr_slice s, size_t from) {
    for (size_t at = from; at + 16 < s.n;) {
        wr_embedded file = {0};
        uint32_t may_be = f->begins.first[s.p[at]] & f->begins.second[s.p[at + 1]];
        if (may_be && f->scanned < f->most) file = file_at(s, at, may_be, &f->scanned);
        file.data = data;
        if (file.size) WR_PUSH(&f->env->perm, f->found, file);
        at += file.size ? (size_t)file.size : 1;
    }
}

void wr_embedded_find(wr_env *env, const wr_module *m, const wr_places *places, wr_embedded_files *files) {
    file_finder f = {.env = env, .most = LEAST_SCANNED};
    wr_embedded_list known = {0};
    find_beginnings(&f.begins);
    wr_embed_table_find(env, places, &known);
    for (uint32_t i = 0; i < m->ndatas; i++) f.most += 4 * (uint64_t)m->datas[i].bytes.n;
    for (uint32_t i = 0, k = 0; i < m->ndatas; i++) {
        wr_slice s = m->datas[i].bytes;
        size_t at = 0;
        for (; k < known.n && known.v[k].data == i; k++) {
            search(&f, i, wr_slice_of(s.p, (size_t)known.v[k].offset), at);
            WR_PUSH(&env->perm, f.found, known.v[k]);
            at = (size_t)(known.v[k].offset + known.v[k].size);
        }
        search(&f, i, s, at);
    }
    *files = (wr_embedded_files){f.found.v, f.found.n};
}
