// Traps at the place that its argument names, as traps.c does, where C++ throws: in try blocks, handlers, destructors
// that run while an exception is on its way, and around them the library's templates. Compiled with exceptions.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#define NOINLINE __attribute__((noinline))

static volatile int zero, seven = 7;
static int *volatile far = (int *)0x7ffffff0;
static int counted;

NOINLINE static int thrower(int n) {
    counted++;
    if (n == seven) throw std::runtime_error("seven");
    if (n > seven) throw n;
    return n;
}

// --- Handlers ---

NOINLINE static int in_try(int n) {
    try {
        int got = thrower(3);
        return got / zero + n; // at 1
    } catch (int i) {
        return i;
    }
}

NOINLINE static int in_handler(int n) {
    try {
        return thrower(n + 7);
    } catch (int i) {
        counted += i;
        return far[i + 1]; // at 2
    }
}

NOINLINE static int by_type(int n) {
    try {
        return thrower(n);
    } catch (const std::runtime_error &e) {
        return (int)e.what()[0] / zero; // at 3
    } catch (...) {
        return far[2]; // at 4
    }
}

NOINLINE static int after_handler(int n) {
    int sum = 1;
    try {
        sum += thrower(n);
    } catch (int i) {
        sum *= i;
    }
    return sum % zero; // at 5
}

NOINLINE static int rethrown(int n) {
    try {
        try {
            return thrower(n);
        } catch (int i) {
            if (i == 9) throw;
            return 0;
        }
    } catch (int i) {
        return i + far[i]; // at 6
    }
}

// --- Destructors on the way ---

struct guard {
    int n;
    explicit guard(int k) : n(k) {}
    ~guard() {
        counted += n;
        if (n == 70) counted += far[n]; // at 7
    }
};

NOINLINE static int unwound(int n) {
    guard g(n > seven ? 70 : n);
    return thrower(n) + 1;
}

NOINLINE static int caught_outside(int n) {
    try {
        return unwound(n);
    } catch (...) {
        return 5;
    }
}

struct checked {
    int value;
    explicit checked(int v) : value(v) {
        if (v < 0) throw v;
    }
    int get() const { return value / zero; } // at 8
};

NOINLINE static int constructed(int n) {
    try {
        checked a(n), b(-n);
        return a.get() + b.get();
    } catch (int i) {
        checked c(-i);
        return c.get();
    }
}

// --- The library's templates ---

NOINLINE static int vector_sum(const std::vector<int> &v) {
    return std::accumulate(v.begin(), v.end(), 0, [](int a, int b) {
        return a + b / zero; // at 9
    });
}

NOINLINE static int sorted(std::vector<int> v) {
    std::sort(v.begin(), v.end(), [](int a, int b) {
        counted += a;
        return far[a] < b; // at 10
    });
    return v[0];
}

NOINLINE static int mapped(const std::map<int, std::string> &m) {
    int sum = 0;
    for (const auto &[key, text] : m)
        sum += (int)text.size() / (key - 4 + zero); // at 11
    return sum;
}

NOINLINE static int called(const std::function<int(int)> &f) { return f(3) + 1; }

template <typename T, typename F> NOINLINE static T with_default(F f, T otherwise) {
    try {
        return f();
    } catch (const std::exception &) {
        return otherwise + far[6]; // at 13
    }
}

struct base {
    virtual ~base() = default;
    virtual int work(int n) { return n; }
};

struct derived : base {
    std::string name = "derived";
    int work(int n) override {
        if (n == 14) throw std::out_of_range(name);
        return (int)name.size() / (n - 15); // at 14
    }
};

NOINLINE static int through_pointer(int n) {
    std::unique_ptr<base> p = std::make_unique<derived>();
    try {
        return p->work(n);
    } catch (const std::logic_error &e) {
        return (int)e.what()[0] % zero; // at 15
    }
}

static int run(int k) {
    switch (k) {
    case 1: return in_try(k);
    case 2: return in_handler(k);
    case 3: return by_type(7);
    case 4: return by_type(8);
    case 5: return after_handler(8);
    case 6: return rethrown(9);
    case 7: return caught_outside(8);
    case 8: return constructed(4);
    case 9: return vector_sum({1, 2, 3});
    case 10: return sorted({3, 1, 2});
    case 11: return mapped({{3, "a"}, {4, "bc"}});
    case 12:
        return called([k](int i) {
            return i * k / zero; // at 12
        });
    case 13: return with_default([] { return thrower(7); }, 4);
    case 14: return through_pointer(15);
    case 15: return through_pointer(14);
    default: return caught_outside(3) + after_handler(k + 8 * seven) * 0;
    }
}

int main(int argc, char **argv) {
    int k = argc > 1 ? atoi(argv[1]) : 0;
    zero = k == 0;
    printf("%d\n", run(k));
    return 0;
}
