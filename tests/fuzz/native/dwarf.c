// Modules with any bytes in their DWARF sections: the library answers with a module, the code in it is what
// it is without DWARF, and the module is valid. For libFuzzer (cmake -DWRING_FUZZERS=ON with clang), started
// with small modules that compilers made: only the contents of .debug_ sections are mutated. Without
// libFuzzer, replays the files named on the command line.
#include <string.h>

#define TARGET "dwarf"
#include "target.h"

static wring_options *make_options(size_t choice, int tracked) {
    static const char *const levels[] = {"0", "0", "0", "0", "0", "0", "2", "z"}; // quick ones first
    wring_options *options = wring_options_new();
    wring_options_set(options, "O", levels[choice % 8]);
    wring_options_set(options, "jobs", "1");
    wring_options_set(options, "memory-limit", "512M");
    if (!tracked) return options;
    wring_options_set(options, "dwarf", NULL);
    wring_options_set(options, "symbols-out", "x.wsym");
    wring_options_set(options, "source-map-out", "x.map");
    return options;
}

// Sections of debug information are written behind everything else.
static void compare(wring_job *plain, wring_job *tracked) {
    size_t plain_n, n;
    const void *expected = wring_output(plain, &plain_n), *output = wring_output(tracked, &n);
    if (n < plain_n || memcmp(expected, output, plain_n) != 0) fail("the code is another one");
    if (wring_validate(plain, output, n) != WRING_OK) fail("the output is not accepted");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    wring_options *options[2] = {make_options(n, 0), make_options(n, 1)};
    wring_job *plain = wring_job_new(options[0]), *tracked = wring_job_new(options[1]);
    wring_status expected = optimize(plain, bytes, n), status = optimize(tracked, bytes, n);
    if (expected != status && status != WRING_NOMEM) fail("DWARF changes the status");
    if (expected == WRING_OK && status == WRING_OK) compare(plain, tracked);
    wring_job_free(plain);
    wring_job_free(tracked);
    wring_options_free(options[0]);
    wring_options_free(options[1]);
    return 0;
}

#ifdef WRING_LIBFUZZER
// --- Mutating ---

typedef struct section {
    size_t start, contents, end; // of the section; of what follows its name
} section;

static size_t read_number(const uint8_t *bytes, size_t n, size_t *at) {
    size_t value = 0;
    for (unsigned shift = 0; *at < n && shift < 35; shift += 7) {
        uint8_t byte = bytes[(*at)++];
        value |= (size_t)(byte & 127) << shift;
        if (!(byte & 128)) break;
    }
    return value;
}

static size_t put_number(uint8_t *out, size_t value) {
    size_t n = 0;
    for (; value > 127; value >>= 7) out[n++] = (uint8_t)(value | 128);
    out[n++] = (uint8_t)value;
    return n;
}

// Finds the debug section with this number, counted around. Returns 0 if there is none.
static int find_section(const uint8_t *bytes, size_t n, unsigned number, section *found) {
    enum { MOST = 32 };
    section list[MOST];
    unsigned count = 0;
    for (size_t at = 8; at < n && count < MOST;) {
        section s = {.start = at};
        uint8_t id = bytes[at++];
        size_t size = read_number(bytes, n, &at);
        if (size > n - at) break;
        s.end = at + size;
        size_t name = id == 0 ? read_number(bytes, s.end, &at) : 0;
        if (name > 7 && name <= s.end - at && memcmp(bytes + at, ".debug_", 7) == 0) {
            s.contents = at + name;
            list[count++] = s;
        }
        at = s.end;
    }
    if (count) *found = list[number % count];
    return count != 0;
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t most);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed) {
    section s;
    if (n < 8 || !find_section(bytes, n, seed, &s)) return n;
    size_t contents = s.end - s.contents, room = contents + 64;
    uint8_t *copy = malloc(room + n + 16);
    memcpy(copy, bytes + s.contents, contents);
    contents = LLVMFuzzerMutate(copy, contents, room);
    uint8_t *out = copy + room;
    size_t at = s.start + 1;
    read_number(bytes, n, &at);
    size_t name = s.contents - at, size = name + contents, made = 0;
    uint8_t head[8];
    size_t head_n = put_number(head, size);
    if (n + contents + head_n + 8 <= most && n - s.end <= n) {
        memcpy(out, bytes + at, name);                // the name
        memcpy(out + name, bytes + s.end, n - s.end); // what follows
        made = s.start + 1;
        memcpy(bytes + made, head, head_n), made += head_n;
        memcpy(bytes + made, out, name), made += name;
        memcpy(bytes + made, copy, contents), made += contents;
        memcpy(bytes + made, out + name, n - s.end), made += n - s.end;
    }
    free(copy);
    return made ? made : n;
}
#endif
