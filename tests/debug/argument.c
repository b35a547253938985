// A function that wring inlines, where the local of its parameter gets the value of b behind the last read of a.
__attribute__((import_module("env"), import_name("ext"))) int ext(int);
__attribute__((import_module("env"), import_name("use"))) void use(int);

__attribute__((noinline)) static int callee(int a) {
    int b;
    use(a + 5);
    use(a);
    b = ext(a);
    use(b);
    use(b ^ 1);
    return b;
}

__attribute__((export_name("run"))) int run(int x) {
    use(1);
    int s = callee(ext(x * 3));
    use(s + 7);
    return s;
}
