// Lists of strings. See strings.h.
#include "strings.h"

#include <stdlib.h>

bool wr_strings_add(wr_strings *list, const char *text, size_t n) {
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        char **items = realloc(list->items, cap * sizeof *items);
        if (!items) return false;
        list->items = items;
        list->cap = cap;
    }
    char *copy = strndup(text, n);
    if (copy) list->items[list->n++] = copy;
    return copy != NULL;
}

bool wr_strings_split(wr_strings *list, const char *text, size_t n, const char *separators) {
    for (size_t at = 0, end; at < n; at = end + 1) {
        for (end = at; end < n && !strchr(separators, text[end]); end++) {}
        if (end > at && !wr_strings_add(list, text + at, end - at)) return false;
    }
    return true;
}

void wr_strings_free(wr_strings *list) {
    for (size_t i = 0; i < list->n; i++) free(list->items[i]);
    free(list->items);
    *list = (wr_strings){0};
}
