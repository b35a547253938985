// Traps at the place that its argument names, as traps.c does, in the shapes that C++ has: methods, virtual
// calls, templates, lambdas, constructors, operators, destructors, ranges. Without exceptions and a library.
#include <stdio.h>
#include <stdlib.h>

// The library has no header for it here.
inline void *operator new(__SIZE_TYPE__, void *p) noexcept { return p; }
void operator delete(void *) noexcept {}
extern "C" __attribute__((weak)) void __cxa_pure_virtual() { __builtin_trap(); }

#define NOINLINE __attribute__((noinline))

static int table[64];
static volatile int zero;
static int *volatile far = (int *)0x7ffffff0;

namespace shapes {

struct shape {
    int side = 3;
    NOINLINE explicit shape(int n) : side(n) {}
    virtual ~shape() {}
    virtual int area() const = 0;
    virtual int edges() const { return table[side & 63] + 1; }
};

struct square : shape {
    NOINLINE explicit square(int n) : shape(n) {
        if (n == 77) table[1] = far[n]; // at 1
    }
    int area() const override {
        return side * side / zero; // at 2
    }
};

struct circle final : shape {
    using shape::shape;
    ~circle() override {
        if (side == 5) __builtin_trap(); // at 3
    }
    int area() const override {
        return 3 * side + far[side]; // at 4
    }
    int edges() const override {
        return far[side + 1]; // at 5
    }
};

} // namespace shapes

// --- Templates ---

template <typename T> NOINLINE T divide(T a, T b) {
    table[2]++;
    return a / (b + (T)zero); // at 6 as 7
}

template <> NOINLINE long long divide(long long a, long long b) {
    table[3]++;
    return a % (b + zero); // at 7 as 6
}

template <int N> struct fixed {
    int v[N];
    int &operator[](int i) {
        if (i >= N) __builtin_trap(); // at 8
        return v[i];
    }
    int sum() const {
        int s = 0;
        for (int x : v) s += x;
        return s + far[N]; // at 9
    }
};

template <typename F> NOINLINE int each(int n, F f) {
    int s = 0;
    for (int i = 0; i < n; i++) s += f(i);
    return s;
}

template <typename... A> static int add_all(A... a) {
    return (a + ...) + far[sizeof...(a)]; // at 10
}

template <typename T> struct holder {
    T *p;
    explicit holder(T *q) : p(q) {}
    T *operator->() { return p; }
    T &operator*() {
        table[4]++;
        return *p; // at 11
    }
};

template <typename T> NOINLINE T largest(const T *v, int n) {
    T best = v[0]; // at 12
    for (int i = 1; i < n; i++)
        if (v[i] > best) best = v[i];
    return best;
}

// --- Operators ---

struct number {
    int n;
    number operator+(number b) const { return {n + b.n}; }
    number operator/(number b) const {
        return {n / b.n}; // at 13
    }
    number operator*(number b) const {
        return {n * b.n + far[n]}; // at 14
    }
    explicit operator bool() const {
        return far[n + 3] != 0; // at 15
    }
    number &operator++() {
        n += far[5]; // at 16
        return *this;
    }
    bool operator<(number b) const {
        if (n == 9) __builtin_trap(); // at 17
        return n < b.n;
    }
};

NOINLINE static int compute(number a, number b, int k) {
    if (k == 13) return (a / b).n;
    if (k == 14) return (a * b + a).n;
    if (k == 15) return a ? 3 : 4;
    if (k == 16) return (++a).n;
    return a < b;
}

// --- Lists ---

struct list {
    struct node {
        int value;
        node *next;
    };
    node *head = nullptr;
    struct iterator {
        node *at;
        int operator*() const {
            return at->value; // at 18
        }
        iterator &operator++() {
            at = at->next;
            return *this;
        }
        bool operator!=(iterator b) const { return at != b.at; }
    };
    iterator begin() const { return {head}; }
    iterator end() const { return {nullptr}; }
};

NOINLINE static int sum_of(const list &l) {
    int s = 0;
    for (int x : l) s += x * 3;
    return s;
}

// --- Members ---

class counter {
    int count_ = 0;

public:
    static int made;
    counter() { made++; }
    NOINLINE void step(int n) {
        count_ += n;
        if (count_ > 10) __builtin_trap(); // at 19
    }
    int get() const {
        return count_ + far[made]; // at 20
    }
    static NOINLINE int of(int n) {
        return 100 / (n * zero); // at 21
    }
    friend int peek(const counter &c) {
        return (c.count_ + 9) % zero; // at 22
    }
};
int counter::made;

struct guard {
    int n;
    explicit guard(int k) : n(k) {}
    ~guard() {
        table[5] = n;
        if (n == 23) table[6] = far[7]; // at 23
    }
};

NOINLINE static int guarded(int k) {
    guard g(k);
    if (k == 24) return far[8]; // at 24
    return table[5];
}

struct base {
    int a = 1;
    int both() const {
        return a + far[9]; // at 25
    }
};
struct other {
    int b = 2;
    virtual int third() const {
        return b / zero; // at 26
    }
};
struct derived : base, other {
    int third() const override {
        return a + b + far[10]; // at 27
    }
};

NOINLINE static int call_third(const other *o) { return o->third() + 1; }

enum class color { red, green, blue };

NOINLINE static int paint(color c) {
    switch (c) {
    case color::red: return far[11];     // at 28
    case color::green: return 5 / zero;  // at 29
    case color::blue: __builtin_trap(); // at 30
    }
    return 0;
}

struct cell {
    int n;
    NOINLINE int run(int k) {
        n += k;
        return n + far[n]; // at 31
    }
};

NOINLINE static int by_member(int (cell::*f)(int), cell &c) { return (c.*f)(3) * 2; }

static constexpr int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

NOINLINE static int recursive(int n) {
    if (n == 0) return far[12]; // at 32
    return recursive(n - 1) + fib(5);
}

NOINLINE static double floats(double d) {
    auto half = [d](double x) { return x * d * 0.5; };
    table[7] = __builtin_wasm_trunc_s_i32_f64(half(1e20)); // at 33
    return d;
}

NOINLINE static int nested(int n) {
    auto outer = [n](int i) {
        auto inner = [=](int k) {
            return far[i + k + n]; // at 34
        };
        return inner(i) + 1;
    };
    return outer(n);
}

NOINLINE static int with_default(int a, int b = 3) {
    return a / (b - 3 + zero); // at 35
}

NOINLINE static void fill(int (&v)[8], int n) {
    for (int &x : v) x = n++;
    far[n] = v[3]; // at 36
}

static int *volatile null_text = (int *)0x7fffff00;
NOINLINE static int length(const char *s) {
    int n = 0;
    while (*s++) n++; // at 37
    return n;
}

struct big {
    int v[16];
};
NOINLINE static big make(int n) {
    big b{};
    for (int i = 0; i < 16; i++) b.v[i] = i * n;
    b.v[n & 15] = far[13]; // at 38
    return b;
}

struct bits {
    unsigned a : 3, b : 7;
};
NOINLINE static int fields(bits x) {
    return 50 / (int)(x.a - x.b); // at 39
}

NOINLINE static void checked(int n) {
    if (n == 40) __builtin_trap(); // at 40
    table[8] = n;
}

static int run(int k) {
    shapes::shape *volatile s;
    fixed<4> f{};
    list::node second{4, (list::node *)0x7fffff00}, first{3, &second};
    list l{&first};
    counter c;
    derived d;
    cell q{k};
    int v[8];
    switch (k) {
    case 1: { shapes::square x(77); return x.side; }
    case 2: s = new (f.v) shapes::square(3); return s->area();
    case 3: { shapes::circle x(5); return x.side; }
    case 4: s = new (f.v) shapes::circle(4); return s->area() + 7;
    case 5: s = new (f.v) shapes::circle(6); return s->edges() * 3;
    case 6: return divide(7, 0);
    case 7: return (int)divide(7LL, 0LL);
    case 8: return f[atoi("9")];
    case 9: return f.sum();
    case 10: return add_all(1, k, 3);
    case 11: { holder<int> h(far); return *h; }
    case 12: return largest((int *)far, 3);
    case 13:
    case 14:
    case 15:
    case 16: return compute({4}, {zero}, k);
    case 17: return compute({9}, {1}, k);
    case 18: return sum_of(l);
    case 19: return each(9, [&](int i) { c.step(i); return 1; });
    case 20: return c.get();
    case 21: return counter::of(4);
    case 22: return peek(c);
    case 23:
    case 24: return guarded(k);
    case 25: return d.both();
    case 26: { other o; return call_third(&o); }
    case 27: return call_third(&d);
    case 28:
    case 29:
    case 30: return paint((color)(k - 28));
    case 31: return by_member(&cell::run, q);
    case 32: return recursive(4);
    case 33: return (int)floats(3);
    case 34: return nested(k);
    case 35: return with_default(k);
    case 36: fill(v, k); return v[1];
    case 37: return length((const char *)null_text);
    case 38: return make(k).v[3];
    case 39: return fields({3, 3});
    case 40: checked(40); return 0;
    default: return each(k, [](int i) { return table[i & 63] + fib(6); });
    }
}

int main(int argc, char **argv) {
    printf("%d\n", run(argc > 1 ? atoi(argv[1]) : 0));
    return 0;
}
