// With an argument it traps in a function that is inlined, so that where it trapped can be looked up.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *word, int limit) {
    if ((int)strlen(word) > limit) __builtin_trap(); // HERE
}

__attribute__((noinline)) static int length_of(const char *word, int limit) {
    check(word, limit);
    return printf("%s\n", word);
}

int main(int argc, char **argv) {
    int total = 0;
    const char *words[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) total += length_of(words[i], 10);
    if (argc > 1) total += length_of(argv[1], 3);
    printf("%d\n", total);
    return 0;
}
