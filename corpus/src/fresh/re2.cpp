// RE2: searches, captures, replaces and rejects patterns, a set of patterns, and the program without a DFA.
#include <cstdio>
#include <string>
#include "re2/re2.h"
#include "re2/set.h"
#ifdef __wasi__
#include <pthread.h>
// wasi-libc without threads declares locks, but has none.
int pthread_rwlock_init(pthread_rwlock_t *, const pthread_rwlockattr_t *) { return 0; }
int pthread_rwlock_destroy(pthread_rwlock_t *) { return 0; }
int pthread_rwlock_rdlock(pthread_rwlock_t *) { return 0; }
int pthread_rwlock_wrlock(pthread_rwlock_t *) { return 0; }
int pthread_rwlock_unlock(pthread_rwlock_t *) { return 0; }
#endif
using re2::RE2;
using re2::StringPiece;

static std::string make_text(size_t n) {
    static const char *const words[] = {"wasm", "module ", "the", "function", " of ", "loop\n", "a", "table", "memory, ", "byte"};
    std::string text;
    unsigned seed = 12345;
    const auto random = [&](unsigned below) { return (seed = seed * 1664525u + 1013904223u, (seed >> 8) % below); };
    while (text.size() < n) {
        const char *word = words[random(10)];
        if (random(9) == 0) text += char(33 + random(90));
        text += word;
    }
    return text;
}

static unsigned hash_of(const char *bytes, size_t n) {
    unsigned h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)bytes[i]) * 16777619u;
    return h;
}

static const char *const patterns[] = {
    "(\\w+) of (\\w+)", "(?i)MEMORY,? *(table|byte)?", "[^a-z\\s]{2,}", "(?:a|the)\\s?(function|loop)+$", "\\bwasm\\b.*?module",
    "(?P<word>[[:alpha:]]+)\\s+(?P<next>\\pL+)", "(m[^l]*le) ?(\\d*)", "x*", "(a?){20}a{20}", "(?s)table.{0,40}byte", "[α-ω]|\\x{2013}|\\PN{3}",
};

static void search(const std::string &text, const char *pattern, const RE2::Options &options) {
    const RE2 re(pattern, options);
    StringPiece rest(text), first, second;
    unsigned n = 0, hash = 0;
    const RE2::Arg args[] = {&first, &second};
    const RE2::Arg *const pointers[] = {&args[0], &args[1]};
    const int captures = re.NumberOfCapturingGroups() < 2 ? re.NumberOfCapturingGroups() : 2;
    while (n < 500 && RE2::FindAndConsumeN(&rest, re, pointers, captures)) {
        if (captures) hash = hash * 31 + hash_of(first.data(), first.size());
        if (captures > 1) hash = hash * 31 + hash_of(second.data(), second.size());
        n++;
        if (!rest.empty() && pattern[1] == '*') rest.remove_prefix(1);
    }
    std::string changed = text.substr(0, 2000);
    const int replaced = RE2::GlobalReplace(&changed, re, captures ? "<\\1>" : "[\\0]");
    printf("%s: %u %08x %d %08x, %d\n", pattern, n, hash, replaced, hash_of(changed.data(), changed.size()), re.ProgramSize());
}

int main() {
    const std::string text = make_text(20000);
    RE2::Options plain, latin, longest, poor;
    latin.set_encoding(RE2::Options::EncodingLatin1);
    longest.set_longest_match(true);
    poor.set_max_mem(9000);
    poor.set_log_errors(false);
    for (const char *pattern : patterns) {
        search(text, pattern, plain);
        search(text, pattern, longest);
    }
    search(text, "[\\w,]+\\s", latin);
    search(text, "(\\w+) (\\w+)\\n", poor);
    RE2::Set set(RE2::DefaultOptions, RE2::UNANCHORED);
    for (const char *pattern : patterns) set.Add(pattern, nullptr);
    std::vector<int> found;
    printf("%d %d %zu\n", set.Compile(), set.Match(StringPiece(text).substr(0, 300), &found), found.size());
    RE2::Options quiet;
    quiet.set_log_errors(false);
    for (const char *bad : {"a(b", "[z-a]", "x{2000}", "(?P<n>a)(?P<n>b)", "\\8", "*"}) {
        const RE2 re(bad, quiet);
        printf("%s: %d %s\n", bad, re.error_code(), re.error().c_str());
    }
    int number;
    std::string word, low, high;
    printf("%d %d %s\n", RE2::FullMatch("size:1234", "(\\w+):(\\d+)", &word, &number), number, word.c_str());
    printf("%d %s %s\n", RE2("(?i)abc[d-f]+").PossibleMatchRange(&low, &high, 8), low.c_str(), high.c_str());
    printf("%s\n", RE2::QuoteMeta("1.5-2.0?").c_str());
}
