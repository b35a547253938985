// Global constructors that can be run at build time.
#include <cstdio>

struct table {
    int squares[64];
    table() {
        for (int i = 0; i < 64; i++) squares[i] = i * i;
    }
};
static table made;

struct counter {
    int n;
    counter() : n(made.squares[9]) {}
};
static counter count;

int main() {
    std::printf("%d %d\n", made.squares[63], count.n);
}
