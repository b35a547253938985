// Strings, printf and scanf, malloc and realloc, qsort and bsearch through function pointers, a hash table, files.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct entry {
    struct entry *next;
    char *word;
    int count;
    double weight;
} entry;

static entry *table[1021];
static unsigned state = 77;

static unsigned next(void) { return state = state * 1664525u + 1013904223u; }

static unsigned hash(const char *word)
{
    unsigned h = 5381;
    while (*word) h = h * 33 ^ (unsigned char)*word++;
    return h;
}

static entry *lookup(const char *word)
{
    entry **slot = &table[hash(word) % 1021];
    for (; *slot; slot = &(*slot)->next)
        if (!strcmp((*slot)->word, word)) return *slot;
    entry *made = calloc(1, sizeof *made);
    made->word = strdup(word);
    return *slot = made;
}

static char *text(size_t length)
{
    static const char *const parts[] = { "ba", "nor", "ti", "qua", "ver", "e", "sul", "mi", "o", "pran" };
    size_t used = 0, room = 16;
    char *out = malloc(room);
    while (used < length) {
        char word[64] = "";
        for (unsigned n = next() >> 16 & 3, i = 0; i <= n; i++) strcat(word, parts[(next() >> 20) % 10]);
        if (next() >> 28 == 0) word[0] = toupper((unsigned char)word[0]);
        size_t need = used + strlen(word) + 2;
        if (need > room) out = realloc(out, room = need * 2);
        used += sprintf(out + used, "%s%c", word, next() >> 29 ? ' ' : '\n');
    }
    return out;
}

static int by_count(const void *a, const void *b)
{
    const entry *x = *(entry *const *)a, *y = *(entry *const *)b;
    return x->count != y->count ? y->count - x->count : strcmp(x->word, y->word);
}

static int by_word(const void *a, const void *b) { return strcmp((*(entry *const *)a)->word, (*(entry *const *)b)->word); }
static int by_weight(const void *a, const void *b)
{
    double x = (*(entry *const *)a)->weight, y = (*(entry *const *)b)->weight;
    return (x > y) - (x < y) ? (x > y) - (x < y) : by_word(a, b);
}

static void rank(void)
{
    static int (*const orders[])(const void *, const void *) = { by_count, by_word, by_weight };
    static const char *const names[] = { "count", "word", "weight" };
    size_t n = 0;
    entry **all = NULL;
    for (int i = 0; i < 1021; i++) {
        for (entry *e = table[i]; e; e = e->next) {
            all = realloc(all, (n + 1) * sizeof *all);
            all[n++] = e;
        }
    }
    for (int order = 0; order < 3; order++) {
        qsort(all, n, sizeof *all, orders[order]);
        printf("by %s, %zu words:", names[order], n);
        for (size_t i = 0; i < n && i < 6; i++) printf(" %s/%d/%.3f", all[i]->word, all[i]->count, all[i]->weight);
        putchar('\n');
    }
    qsort(all, n, sizeof *all, by_word);
    entry key = { .word = "quati" }, *wanted = &key, **found = bsearch(&wanted, all, n, sizeof *all, by_word);
    printf("quati: %d\n", found ? (*found)->count : -1);
    free(all);
}

static void count(char *copy)
{
    char *rest = copy;
    for (char *word; (word = strsep(&rest, " \n"));) {
        if (!*word) continue;
        entry *e = lookup(word);
        e->count++;
        e->weight += 1.0 / (1 + strlen(word)) + (strchr(word, 'q') ? 0.25 : 0) + (strstr(word, "norti") ? 2 : 0);
    }
}

static int format(char *out, size_t size, const char *how, ...)
{
    va_list args;
    va_start(args, how);
    int n = vsnprintf(out, size, how, args);
    va_end(args);
    return n;
}

static void formats(void)
{
    char line[200], word[40];
    int a, b;
    double d;
    static const double numbers[] = { 0, -0.0, 1, 0.1, 123456789.125, 1e-300, 1.7976931348623157e308, -2.5, 1.0 / 3 };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int n = format(line, sizeof line, "%g|%e|%.3f|%a|%+010.2f|%-12.5g|%G", numbers[i], numbers[i], numbers[i] > 1e10 ? 1.0 : numbers[i], numbers[i], numbers[i] > 1e10 ? 1.0 : numbers[i], numbers[i], numbers[i]);
        printf("%d %s\n", n, line);
    }
    printf("%d %u %x %o %ld %lld %zu %hhd %hd %5d|%-5d|%05d|%+d|%#x|%c|%%|%10s|%-10s|%.2s|%*d\n", INT_MIN, UINT_MAX, 48879, 511, LONG_MAX, LLONG_MIN, sizeof line, (char)300, (short)70000, 42, 42, 42, 42, 255, 'z', "right", "left", "cut", 7, 9);
    printf("%" PRIu64 " %" PRIx64 " %p\n", UINT64_MAX, UINT64_MAX / 3, (void *)0x1234);
    int read = sscanf("17 -0x1f 3.25e2 hello", "%d %i %lf %39s", &a, &b, &d, word);
    printf("%d: %d %d %g %s\n", read, a, b, d, word);
    errno = 0;
    long big = strtol("99999999999999999999", NULL, 10);
    printf("%ld %d %g %g %lld %d\n", big, errno == ERANGE, strtod("1e400", NULL), strtod("0x1.8p3", NULL), strtoll("-7fff", NULL, 16), atoi("12abc"));
    struct tm when = { .tm_year = 99, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23, .tm_min = 59, .tm_sec = 58 };
    strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S %j %a %b", &when);
    puts(line);
}

static void files(const char *copy)
{
    FILE *file = fopen("/scratch/words.txt", "w+");
    if (!file) {
        printf("no file: %s\n", strerror(errno));
        return;
    }
    fputs(copy, file);
    fprintf(file, "\n%d end\n", 12);
    rewind(file);
    char line[256];
    size_t lines = 0, longest = 0;
    while (fgets(line, sizeof line, file)) {
        lines++;
        if (strlen(line) > longest) longest = strlen(line);
    }
    fseek(file, -4, SEEK_END);
    printf("file: %zu lines, longest %zu, ends in %c, at %ld\n", lines, longest, fgetc(file), ftell(file));
    fclose(file);
    printf("removed %d, missing: %s\n", remove("/scratch/words.txt"), fopen("/scratch/none", "r") ? "?" : strerror(errno));
}

static void blocks(void)
{
    void *held[500] = { 0 };
    size_t total = 0;
    for (int i = 0; i < 60000; i++) {
        unsigned slot = (next() >> 12) % 500, size = (next() >> 16) % 3000;
        if (held[slot] && next() >> 31) {
            free(held[slot]);
            held[slot] = NULL;
        } else {
            held[slot] = realloc(held[slot], size + 1);
            memset(held[slot], i & 255, size + 1);
            total += ((unsigned char *)held[slot])[size];
        }
    }
    for (int i = 0; i < 500; i++) free(held[i]);
    printf("blocks %zu\n", total);
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    for (int i = 0; i < scale; i++) {
        char *source = text(400000), *copy = strdup(source);
        count(copy);
        rank();
        files(source);
        free(copy);
        free(source);
        blocks();
    }
    formats();
    fprintf(stderr, "words: done\n");
    return 3;
}
