// Recognizes files that are not modules by their first bytes and suggests a remedy: failed downloads, files
// that are still compressed, text, object files.
#include "not_wasm.h"

typedef struct kind {
    const char *start;
    const char *says;
} kind;

#define JAVASCRIPT "it looks like JavaScript: the module is the .wasm file that it loads"
#define HTML "it is a page of HTML, perhaps one that says 404 in place of the file that was asked for"

static const char wasm_text[] =
    "it is WebAssembly text: install wasm-tools or WABT's wat2wasm, which read it, or assemble it first";

static const kind kinds[] = {
    {"\x1f\x8b", "it is compressed with gzip: unpack it first (gzip -d)"},
    {"\x28\xb5\x2f\xfd", "it is compressed with zstd: unpack it first (zstd -d)"},
    {"\xfd\x37zXZ", "it is compressed with xz: unpack it first (xz -d)"},
    {"BZh", "it is compressed with bzip2: unpack it first (bzip2 -d)"},
    {"PK\x03\x04", "it is a zip archive: take the module out of it first"},
    {"\x7f"
     "ELF",
     "it is an ELF file, a program or library for a machine: build for WebAssembly"},
    {"MZ", "it is a program or library for Windows: build for WebAssembly"},
    {"\xcf\xfa\xed\xfe", "it is a program or library for macOS: build for WebAssembly"},
    {"\xca\xfe\xba\xbe", "it is a Java class, or a program for macOS: build for WebAssembly"},
    {"#!", "it is a script: the module is what it makes or runs"},
    {"%PDF", "it is a PDF document"},
    {"BC\xc0\xde", "it is LLVM bitcode: compile and link it first"},
    {"!<arch>", "it is an archive of objects: link it first"},
    {"version https://git-lfs", "it is a pointer of Git LFS: fetch the file itself (git lfs pull)"},
};

// Text files are recognized by their first word, after white space.
static const kind texts[] = {
    {"<", HTML},
    {"(module", wasm_text},
    {"(component", wasm_text},
    {";;", wasm_text},
    {"(;", wasm_text},
    {"import ", JAVASCRIPT},
    {"export ", JAVASCRIPT},
    {"var ", JAVASCRIPT},
    {"let ", JAVASCRIPT},
    {"const ", JAVASCRIPT},
    {"function", JAVASCRIPT},
    {"\"use strict\"", JAVASCRIPT},
    {"'use strict'", JAVASCRIPT},
    {"//", JAVASCRIPT},
    {"/*", JAVASCRIPT},
    {"async ", JAVASCRIPT},
    {"class ", JAVASCRIPT},
    {"(() =>", JAVASCRIPT},
    {"(function", JAVASCRIPT},
    {"(async", JAVASCRIPT},
    {"{", "it looks like JSON, or text in braces"},
    {"AGFzbQ", "it is base64: decode it first (base64 -d)"},
    {"0061736d", "it is a hex dump: turn it back into bytes first (xxd -r -p)"},
    {"data:", "it is a data URL: decode what follows the comma first (base64 -d)"},
};

// What the list says of bytes that begin like this, or NULL.
static const char *find(const kind *list, size_t n, wr_slice bytes) {
    for (size_t i = 0; i < n; i++)
        if (wr_slice_starts(bytes, list[i].start)) return list[i].says;
    return NULL;
}

// Likewise for a text file.
static const char *find_text(wr_slice text) {
    if (wr_slice_starts(text, "\xef\xbb\xbf")) text = wr_slice_of(text.p + 3, text.n - 3);
    while (text.n && strchr(" \t\r\n", *text.p) && *text.p) text = wr_slice_of(text.p + 1, text.n - 1);
    return find(texts, WR_COUNT(texts), text);
}

bool wr_not_wasm_is_text(wr_slice bytes) { return bytes.n && find_text(bytes) == wasm_text; }

const char *wr_not_wasm_reason(wr_slice bytes) {
    if (!bytes.n) return "the file is empty";
    if (bytes.n < 8 && memcmp(bytes.p, "\0asm\1\0\0", bytes.n) == 0)
        return "the module is cut off in its first bytes";
    const char *says = find(kinds, WR_COUNT(kinds), bytes);
    if (says) return says;
    if (bytes.n > 262 && memcmp(bytes.p + 257, "ustar", 5) == 0)
        return "it is a tar archive: take the module out of it first (tar -xf)";
    says = find_text(bytes);
    if (says || *bytes.p < 0x80) return says;
    return "if a server sent it compressed with brotli, which has no mark, unpack it first (brotli -d)";
}
