// Exceptions across functions, objects with destructors, containers.
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct tracer {
    const char *name;
    explicit tracer(const char *n) : name(n) { std::printf("enter %s\n", name); }
    ~tracer() { std::printf("leave %s\n", name); }
};

static int parse(const std::string &text) {
    tracer t("parse");
    if (text.empty()) throw std::invalid_argument("empty");
    if (text[0] == '-') throw 42;
    return std::stoi(text);
}

static int guarded(const std::string &text) {
    tracer t("guarded");
    try {
        return parse(text);
    } catch (const std::invalid_argument &e) {
        std::printf("invalid: %s\n", e.what());
        return -1;
    }
}

int main() {
    std::map<std::string, int> results;
    for (const char *text : {"17", "", "x", "-3", "2147483648"}) {
        try {
            results[text] = guarded(text);
        } catch (int code) {
            results[text] = code;
        } catch (const std::exception &e) {
            std::printf("other: %s\n", e.what());
            results[text] = -2;
        }
    }
    for (auto &r : results) std::printf("'%s' %d\n", r.first.c_str(), r.second);
    std::vector<std::string> words;
    for (int i = 0; i < 5; i++) words.push_back(std::string(i * 9, 'a' + i));
    try {
        words.at(7) = "none";
    } catch (const std::out_of_range &) {
        std::printf("out of range of %zu\n", words.size());
    }
}
