// Traps at the place that its argument names: `traps N` at the line marked "at N". Code of one mark that
// stands again elsewhere has "as M" behind it: optimizers may merge the two, and then either line is right.
#include <stdio.h>
#include <stdlib.h>

typedef struct node {
    int value, count;
    struct node *next;
} node;

typedef int fn(int);

static int table[64];
static volatile int zero;
static int which;
static fn *volatile none = (fn *)12345;
static int *volatile far = (int *)0x7ffffff0;
static node *volatile lost = (node *)0x7fffff00;

#define NOINLINE __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))

INLINE int load_far(int i) {
    return far[i] * 3; // at 1
}

INLINE int twice(int i) {
    int a = i > 3 ? 7 : table[i & 63];
    return a + load_far(i + 1);
}

NOINLINE int in_inlined(int n) {
    int s = 0;
    for (int i = 0; i < n; i++) s += twice(i);
    return s;
}

NOINLINE int divide(int a, int b) {
    int c = a * 3 + 1;
    return c / (b + zero); // at 2
}

NOINLINE int remainder_of(int a, int b) {
    table[1] = a;
    table[2] = b;
    return a % zero; // at 3
}

NOINLINE int convert(double d) {
    table[3]++;
    return __builtin_wasm_trunc_s_i32_f64(d); // at 4
}

NOINLINE void store(int n) {
    for (int i = 0; i < n; i++) {
        table[i & 63] = i;
        if (i == 3) far[i] = n; // at 5
    }
}

NOINLINE int call_none(int n) {
    int k = n + table[4];
    return none(k) + 1; // at 6
}

NOINLINE void abort_in_branch(int n) {
    if (n > 100) {
        table[5] = n;
    } else if (n > 4) {
        table[6] = n;
        __builtin_trap(); // at 7
    }
    table[7] = n;
}

NOINLINE int walk(node *list) {
    int s = 0;
    while (list) {
        s += list->value * 5 + list->count; // at 8
        table[8] = s;
        list = list->next;
    }
    return s;
}

NOINLINE int nested(int n) {
    int s = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            s += i * k;
            if (i + k == 5) s += 100 / (zero * k); // at 9
        }
    return s;
}

static int kind(int k) {
    switch (k) {
    case 0: return table[8] + 1;
    case 1: return table[9] * 2;
    case 2: return far[2];    // at 10
    case 3: return 17 / zero; // at 11
    case 4: __builtin_trap(); // at 12
    default: return table[10] - k;
    }
}

NOINLINE int twin_a(int n) {
    int a = table[n & 7] * 5, b = table[(n + 1) & 7] * 7;
    table[20] = a ^ b;
    return far[n + 2]; // at 13 as 14 22
}

NOINLINE int twin_b(int n) {
    int a = table[n & 7] * 5, b = table[(n + 1) & 7] * 7;
    table[20] = a ^ b;
    return far[n + 2]; // at 14 as 13 22
}

NOINLINE int alike_a(int n) {
    int a = table[n & 7] * 5, b = table[(n + 1) & 7] * 7;
    table[21] = a ^ b ^ 11111;
    table[22] = (a + b) * 77;
    table[23] = (a - b) * (a + 3);
    return far[n + 3] + 1; // at 15 as 16
}

NOINLINE int alike_b(int n) {
    int a = table[n & 7] * 5, b = table[(n + 1) & 7] * 7;
    table[21] = a ^ b ^ 22222;
    table[22] = (a + b) * 99;
    table[23] = (a - b) * (a + 3);
    return far[n + 3] + 1; // at 16 as 15
}

// The same sequence in three functions, for the outliner.
NOINLINE int outlined_a(int n) {
    int a = n * 3;
    table[30] = a ^ 5, table[31] = a * 9 + 2, table[32] = (a >> 3) + 77, table[33] = a * a - 12;
    table[34] = far[a] ^ 123; // at 17 as 18 19
    table[35] = a * 17 + 4, table[36] = (a << 2) ^ 99, table[37] = a - 1234;
    return a;
}

NOINLINE int outlined_b(int n) {
    int a = n * 5 + table[1];
    table[30] = a ^ 5, table[31] = a * 9 + 2, table[32] = (a >> 3) + 77, table[33] = a * a - 12;
    table[34] = far[a] ^ 123; // at 18 as 17 19
    table[35] = a * 17 + 4, table[36] = (a << 2) ^ 99, table[37] = a - 1234;
    return a + 2;
}

NOINLINE int outlined_c(int n) {
    int a = n - table[2];
    if (n == 77) return 3;
    table[30] = a ^ 5, table[31] = a * 9 + 2, table[32] = (a >> 3) + 77, table[33] = a * a - 12;
    table[34] = far[a] ^ 123; // at 19 as 17 18
    table[35] = a * 17 + 4, table[36] = (a << 2) ^ 99, table[37] = a - 1234;
    return a * 3;
}

// Arms that end alike, for tail merging.
NOINLINE int tails(int n) {
    if (n & 1) {
        table[40] = n;
        table[41] = n * 3;
        return far[n] + table[42]; // at 20 as 21
    }
    table[43] = n;
    table[41] = n * 3;
    return far[n] + table[42]; // at 21 as 20
}

NOINLINE int once(int n) { // inlined by wring, since it has one caller
    int s = table[n & 3];
    s ^= far[n + 9]; // at 22 as 13 14
    return s + 1;
}

NOINLINE int caller_of_once(int n) {
    table[50] = n;
    return once(n + 1) * 2;
}

NOINLINE int small(int n) { return far[n]; } // at 23

NOINLINE int three_calls(int n) {
    int s = 0;
    if (n > 40) s = small(n);
    if (n > 2) s += small(n + 1);
    if (n > 50) s += small(n + 2);
    return s;
}

NOINLINE int unused_param(int n, int unused) {
    (void)unused;
    return 44 / (zero * n); // at 24
}

NOINLINE long long wide(long long n) {
    return (n * 7) / (long long)zero; // at 25
}

NOINLINE float floats(float f) {
    float g = f * 2.5f;
    table[51] = (int)g;
    return g + (float)far[4]; // at 26
}

NOINLINE int recursion(int n) {
    if (n == 0) return far[1]; // at 27
    return recursion(n - 1) + table[n & 7];
}

static int compare(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    if (which == 28 && x == 3) __builtin_trap(); // at 28
    return x < y ? -1 : x > y;
}

NOINLINE void sort(void) {
    int list[6] = {5, 3, 9, 1, 3, 7};
    qsort(list, 6, sizeof *list, compare);
    table[52] = list[0];
}

NOINLINE int cond(int n) {
    int a = n > 5 ? table[1] : far[7]; // at 29
    return a + n;
}

NOINLINE int chain(int n) {
    int a = table[n & 7];
    a = a * 3 + 1;
    a ^= a >> 3;
    table[53] = a;
    a += lost->count; // at 30
    table[54] = a;
    return a * 5;
}

NOINLINE int bytes(const char *p, int n) {
    int s = 0;
    for (int i = 0; i < n; i++) s = s * 31 + p[i]; // at 31
    return s;
}

NOINLINE void fill(int *p, int n) {
    for (int i = 0; i < n; i++) p[i] = i * n; // at 32
}

NOINLINE int select_kind(int k, int n) {
    if (k == 3)
        n += far[k]; // at 33
    else if (k == 4)
        n -= far[k + 100]; // at 34
    return n;
}

NOINLINE int last(int n) {
    table[55] = n;
    return divide(n, 0) - 1;
}

static int constant(int n) { return far[n & 0] + 3; } // at 35

NOINLINE int zero_param(int n) { return constant(n) + constant(n + 1); }

NOINLINE int deep4(int n) { return table[n & 7] / zero; } // at 36
NOINLINE int deep3(int n) { return deep4(n + 1) + 1; }
NOINLINE int deep2(int n) { return deep3(n + 1) + 1; }
NOINLINE int deep1(int n) { return deep2(n + 1) + 1; }

NOINLINE int bool_of(int n) {
    int ok = n > 3 && far[n] > 2; // at 37
    return ok ? 5 : table[1];
}

NOINLINE int load_store(int n) {
    lost->value = n; // at 38
    return lost->value;
}

NOINLINE int rounds(int n) {
    do {
        n--;
        table[n & 63] += 2;
        if (n == 2) table[56] = 9 % zero; // at 39
    } while (n);
    return n;
}

NOINLINE void checked(int n) {
    if (n == 40) __builtin_trap(); // at 40
    table[57] = n;
}

static int run(int k) {
    switch (k) {
    case 1: return in_inlined(5);
    case 2: return divide(7, 0);
    case 3: return remainder_of(7, 5);
    case 4: return convert(1e30);
    case 5: store(9); return 0;
    case 6: return call_none(3);
    case 7: abort_in_branch(9); return 0;
    case 8: return walk(lost);
    case 9: return nested(9);
    case 10:
    case 11:
    case 12: return kind(k - 8);
    case 13: return twin_a(4);
    case 14: return twin_b(4);
    case 15: return alike_a(4);
    case 16: return alike_b(4);
    case 17: return outlined_a(4);
    case 18: return outlined_b(4);
    case 19: return outlined_c(4);
    case 20: return tails(7);
    case 21: return tails(8);
    case 22: return caller_of_once(4);
    case 23: return three_calls(5);
    case 24: return unused_param(4, 5);
    case 25: return (int)wide(4);
    case 26: return (int)floats(4);
    case 27: return recursion(5);
    case 28: sort(); return 0;
    case 29: return cond(4);
    case 30: return chain(4);
    case 31: return bytes((const char *)lost, 9);
    case 32: fill(far, 9); return 0;
    case 33: return select_kind(3, 1);
    case 34: return select_kind(4, 1);
    case 35: return zero_param(4);
    case 36: return deep1(4);
    case 37: return bool_of(4);
    case 38: return load_store(4);
    case 39: return rounds(9);
    case 40: checked(40); return 0;
    default: return 0;
    }
}

int main(int argc, char **argv) {
    which = argc > 1 ? atoi(argv[1]) : 0;
    printf("%d\n", run(which));
    return 0;
}
