// Shared by the files of the TOML reader: toml_text.c reads characters, strings and keys, toml.c tables and
// values.
#ifndef WR_REPORT_READERS_TOML_PARTS_H
#define WR_REPORT_READERS_TOML_PARTS_H

#include "support/buf.h"
#include "support/reader.h"
#include "toml.h"

typedef struct wr_toml {
    wr_env *env;
    wr_slice text;
    const uint8_t *p, *end, *line_start;
    unsigned line, depth;
    json_t *root, *kinds; // kinds: by path
} wr_toml;

// Throws WR_USAGE with the line and column.
_Noreturn void wr_toml_fail(const wr_toml *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Throws if the text has what would be wrong anywhere: bytes that are no UTF-8, and characters that nobody
// sees.
void wr_toml_check_text(wr_toml *t);

// The next character; -1 at the end.
static inline int wr_toml_peek(const wr_toml *t) { return t->p < t->end ? *t->p : -1; }

bool wr_toml_take(wr_toml *t, char c);
// Takes the character, or throws.
void wr_toml_expect(wr_toml *t, char c, const char *where);
// Takes a word that no further letter or digit follows.
bool wr_toml_take_word(wr_toml *t, const char *word);
// Whether a bare key may have this character.
bool wr_toml_is_bare(int c);

void wr_toml_skip_blanks(wr_toml *t);
// Skips a comment and the end of the line, if they are next.
bool wr_toml_skip_line_end(wr_toml *t);
void wr_toml_skip_lines(wr_toml *t);

// A string of one line, with a zero behind it, in temp.
wr_slice wr_toml_read_string(wr_toml *t, char quote);
// One part of a key.
const char *wr_toml_read_key(wr_toml *t);
// Takes the dot between two parts, with blanks around it.
bool wr_toml_take_dot(wr_toml *t);

#endif
