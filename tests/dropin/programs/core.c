// Sorting, strings, tables of functions, allocation and numbers: a program that uses a bit of everything.
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct shape {
    const char *name;
    double (*area)(const struct shape *);
    double a, b;
} shape;

static double square(const shape *s) { return s->a * s->a; }
static double rectangle(const shape *s) { return s->a * s->b; }
static double circle(const shape *s) { return M_PI * s->a * s->a; }

static int by_area(const void *x, const void *y) {
    const shape *s = x, *t = y;
    double d = s->area(s) - t->area(t);
    return d < 0 ? -1 : d > 0;
}

static unsigned hash(const char *text) {
    unsigned h = 5381;
    while (*text) h = h * 33 ^ (unsigned char)tolower(*text++);
    return h;
}

static long long collatz(unsigned n) {
    long long at = n, steps = 0;
    while (at != 1) at = at % 2 ? 3 * at + 1 : at / 2, steps++;
    return steps;
}

static int token(char c) {
    switch (c) {
    case '+': return 1;
    case '-': return 2;
    case '*': return 3;
    case '/': return 4;
    case '(': return 5;
    case ')': return 6;
    default: return isdigit(c) ? 7 : 0;
    }
}

int main(int argc, char **argv) {
    (void)argv;
    shape shapes[] = {{"square", square, 3, 0},
                      {"rectangle", rectangle, 2, 4},
                      {"circle", circle, 1.5, 0},
                      {"dot", square, 0, 0}};
    qsort(shapes, 4, sizeof *shapes, by_area);
    for (int i = 0; i < 4; i++) printf("%s %.4f\n", shapes[i].name, shapes[i].area(&shapes[i]));
    char *text = malloc(64), *end;
    snprintf(text, 64, "%08x %lld %d", hash("WebAssembly"), collatz(97), argc);
    puts(text);
    printf("%ld %s\n", strtol("  -123xyz", &end, 10), end);
    for (const char *p = "(1+2)*3/x"; *p; p++) printf("%d", token(*p));
    text = realloc(text, 4096);
    memset(text, 'z', 4095);
    text[4095] = 0;
    printf("\n%zu %.17g %e %a\n", strlen(text), sqrt(2.0), 1e300 * 1e-10, 0.1);
    free(text);
    return fabs(pow(2, 0.5) - sqrt(2)) < 1e-12 ? 0 : 3;
}
