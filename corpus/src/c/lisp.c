// A small Lisp: recursion, tagged pointers, a table of primitives called indirectly, a mark and sweep collector,
// a byte code loop with a dense switch, and errors that unwind by return codes.
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NIL, NUMBER, SYMBOL, PAIR, PRIMITIVE, LAMBDA } kind;
typedef struct object object;
typedef object *(*primitive)(object *args);

struct object {
    unsigned char kind, mark;
    union {
        int64_t number;
        const char *name;
        struct { object *head, *tail; };
        primitive call;
        struct { object *code, *scope; };
    };
};

enum { HEAP = 1 << 16, ROOTS = 1 << 14 };
static object heap[HEAP], *roots[ROOTS], nil_object = { NIL }, *const nil = &nil_object, *symbols, *truth, *globals;
static int root_count, sweep_at, collections, failed;
static char *names[400];
static int name_count;

static void mark(object *o)
{
    while (o && !o->mark && o->kind != NIL) {
        o->mark = 1;
        if (o->kind != PAIR && o->kind != LAMBDA) return;
        mark(o->head);
        o = o->tail;
    }
}

static void collect(void)
{
    collections++;
    mark(symbols);
    mark(globals);
    for (int i = 0; i < root_count; i++) mark(roots[i]);
    sweep_at = 0;
}

static object *hold(object *o)
{
    if (root_count == ROOTS) {
        failed = 1;
        return o;
    }
    return roots[root_count++] = o;
}

static object *make(kind kind, void *a, void *b)
{
    int base = root_count;
    if (kind == PAIR || kind == LAMBDA) hold(a), hold(b);
    for (int tries = 0;; tries++) {
        for (; sweep_at < HEAP; sweep_at++) {
            object *o = &heap[sweep_at];
            if (o->mark) {
                o->mark = 0;
                continue;
            }
            sweep_at++;
            root_count = base;
            o->kind = kind;
            o->head = a;
            o->tail = b;
            return o;
        }
        if (tries == 2) abort();
        collect();
    }
}

static object *number(int64_t n)
{
    object *o = make(NUMBER, 0, 0);
    o->number = n;
    return o;
}

static object *cons(object *head, object *tail) { return make(PAIR, head, tail); }

static object *symbol(const char *name, size_t length)
{
    for (object *s = symbols; s != nil; s = s->tail)
        if (strlen(s->head->name) == length && !memcmp(s->head->name, name, length)) return s->head;
    names[name_count] = strndup(name, length);
    object *o = hold(make(SYMBOL, names[name_count++], 0));
    symbols = cons(o, symbols);
    root_count--;
    return o;
}

static object *fail(const char *why)
{
    if (!failed) printf("error: %s\n", why);
    failed = 1;
    return nil;
}

static const char *at;

static object *parse(void)
{
    while (isspace((unsigned char)*at)) at++;
    if (*at == '\'') {
        at++;
        object *quoted = cons(parse(), nil);
        hold(quoted);
        quoted = cons(symbol("quote", 5), quoted);
        root_count--;
        return quoted;
    }
    if (*at == '(') {
        at++;
        int base = root_count;
        while (isspace((unsigned char)*at)) at++;
        while (*at && *at != ')') {
            hold(parse());
            while (isspace((unsigned char)*at)) at++;
        }
        if (*at) at++;
        object *list = nil;
        while (root_count > base) {
            list = cons(roots[root_count - 1], list);
            root_count--;
        }
        return list;
    }
    const char *start = at;
    while (*at && !isspace((unsigned char)*at) && *at != '(' && *at != ')') at++;
    char *end;
    int64_t n = strtoll(start, &end, 10);
    return end == at && end != start ? number(n) : symbol(start, at - start);
}

static object *find(object *name, object *scope)
{
    for (; scope != nil; scope = scope->tail)
        if (scope->head->head == name) return scope->head;
    for (scope = globals; scope != nil; scope = scope->tail)
        if (scope->head->head == name) return scope->head;
    return NULL;
}

static object *eval(object *o, object *scope);

static object *each(object *list, object *scope)
{
    int base = root_count;
    for (; list->kind == PAIR; list = list->tail) hold(eval(list->head, scope));
    object *values = nil;
    while (root_count > base && !failed) {
        values = cons(roots[root_count - 1], values);
        root_count--;
    }
    root_count = base;
    return values;
}

static int is(object *o, const char *name) { return o->kind == SYMBOL && !strcmp(o->name, name); }

static object *special(object *o, object *scope, int *done)
{
    object *op = o->head;
    *done = 1;
    if (is(op, "quote")) return o->tail->head;
    if (is(op, "if")) return eval(o->tail->head, scope) != nil ? eval(o->tail->tail->head, scope) : o->tail->tail->tail == nil ? nil : eval(o->tail->tail->tail->head, scope);
    if (is(op, "lambda")) return make(LAMBDA, o->tail, scope);
    if (is(op, "define")) {
        object *value = hold(eval(o->tail->tail->head, scope));
        globals = cons(cons(o->tail->head, value), globals);
        root_count--;
        return value;
    }
    if (is(op, "while")) {
        object *value = nil;
        while (!failed && eval(o->tail->head, scope) != nil) value = eval(o->tail->tail->head, scope);
        return value;
    }
    if (is(op, "set")) {
        object *value = eval(o->tail->tail->head, scope), *place = find(o->tail->head, scope);
        return place ? place->tail = value : fail("unknown name");
    }
    *done = 0;
    return nil;
}

static object *apply(object *f, object *args)
{
    if (f->kind == PRIMITIVE) return f->call(args);
    if (f->kind != LAMBDA) return fail("not a function");
    int base = root_count;
    object *scope = f->scope, *value = nil;
    for (object *p = f->code->head; p->kind == PAIR && args->kind == PAIR; p = p->tail, args = args->tail) {
        scope = cons(cons(p->head, args->head), hold(scope));
    }
    hold(scope);
    for (object *body = f->code->tail; body->kind == PAIR && !failed; body = body->tail) value = eval(body->head, scope);
    root_count = base;
    return value;
}

static object *eval(object *o, object *scope)
{
    if (failed) return nil;
    if (o->kind == SYMBOL) {
        object *place = find(o, scope);
        return place ? place->tail : fail(o->name);
    }
    if (o->kind != PAIR) return o;
    int base = root_count, done;
    hold(o);
    hold(scope);
    object *value = special(o, scope, &done);
    if (!done) {
        object *f = hold(eval(o->head, scope));
        value = failed ? nil : apply(f, hold(each(o->tail, scope)));
    }
    root_count = base;
    return value;
}

static int64_t first(object *args) { return args->kind == PAIR && args->head->kind == NUMBER ? args->head->number : (fail("not a number"), 1); }

static object *add(object *a) { int64_t n = 0; for (; a->kind == PAIR; a = a->tail) n += first(a); return number(n); }
static object *multiply(object *a) { int64_t n = 1; for (; a->kind == PAIR; a = a->tail) n = (n * first(a)) % 1000000007; return number(n); }
static object *subtract(object *a) { return number(first(a) - first(a->tail)); }
static object *divide(object *a) { return first(a->tail) ? number(first(a) / first(a->tail)) : fail("division by zero"); }
static object *modulo(object *a) { return first(a->tail) ? number(first(a) % first(a->tail)) : fail("division by zero"); }
static object *less(object *a) { return first(a) < first(a->tail) ? truth : nil; }
static object *same(object *a) { object *x = a->head, *y = a->tail->head; return x == y || (x->kind == NUMBER && y->kind == NUMBER && x->number == y->number) ? truth : nil; }
static object *head(object *a) { return a->head->kind == PAIR ? a->head->head : fail("not a pair"); }
static object *tail(object *a) { return a->head->kind == PAIR ? a->head->tail : fail("not a pair"); }
static object *pair(object *a) { return cons(a->head, a->tail->head); }
static object *list(object *a) { return a; }
static object *is_pair(object *a) { return a->head->kind == PAIR ? truth : nil; }

static uint64_t scramble(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

// Runs a list of numbers as stack code: a loop around a switch, as interpreters have it.
static object *machine(object *a)
{
    int64_t code[256], stack[64], size = 0, pc = 0, sp = 0, steps = 0;
    for (object *o = a->head; o->kind == PAIR && size < 256; o = o->tail) code[size++] = o->head->kind == NUMBER ? o->head->number : 0;
    stack[sp++] = first(a->tail);
    while (pc < size && steps++ < 2000000) {
        switch (code[pc++]) {
        case 0: pc = size; break;
        case 1: stack[sp++] = code[pc++]; break;
        case 2: sp--; stack[sp - 1] = (int64_t)((uint64_t)stack[sp - 1] + (uint64_t)stack[sp]); break;
        case 3: sp--; stack[sp - 1] = (int64_t)((uint64_t)stack[sp - 1] - (uint64_t)stack[sp]); break;
        case 4: sp--; stack[sp - 1] = (int64_t)((uint64_t)stack[sp - 1] * (uint64_t)stack[sp]); break;
        case 5: stack[sp] = stack[sp - 1]; sp++; break;
        case 6: { int64_t t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break; }
        case 7: if (stack[--sp]) pc = code[pc]; else pc++; break;
        case 8: pc = code[pc]; break;
        case 9: stack[sp - 1] = (int64_t)scramble((uint64_t)stack[sp - 1]); break;
        case 10: stack[sp - 1] = stack[sp - 1] < 0 ? -stack[sp - 1] : stack[sp - 1]; break;
        case 11: sp--; stack[sp - 1] = stack[sp - 1] < stack[sp]; break;
        case 12: stack[sp] = stack[sp - 2]; sp++; break;
        case 13: sp--; break;
        default: return fail("bad code");
        }
        if (sp < 1 || sp > 60) return fail("stack");
    }
    return number(stack[sp - 1] % 1000000007);
}

static void print(object *o)
{
    switch (o->kind) {
    case NIL: printf("()"); break;
    case NUMBER: printf("%lld", (long long)o->number); break;
    case SYMBOL: printf("%s", o->name); break;
    case PRIMITIVE: printf("<primitive>"); break;
    case LAMBDA: printf("<lambda>"); break;
    case PAIR:
        for (char c = '('; o->kind == PAIR; o = o->tail, c = ' ') {
            putchar(c);
            print(o->head);
        }
        if (o->kind != NIL) printf(" . "), print(o);
        putchar(')');
    }
}

static void define(const char *name, primitive call)
{
    object *o = hold(make(PRIMITIVE, 0, 0));
    o->call = call;
    globals = cons(cons(symbol(name, strlen(name)), o), globals);
    root_count--;
}

static const char *const programs[] = {
    "(define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))", "(fib 21)",
    "(define range (lambda (a b) (if (< a b) (cons a (range (+ a 1) b)) ())))",
    "(define map (lambda (f l) (if (pair? l) (cons (f (head l)) (map f (tail l))) ())))",
    "(define fold (lambda (f x l) (if (pair? l) (fold f (f x (head l)) (tail l)) x)))",
    "(map (lambda (x) (* x x x)) (range 0 20))", "(fold + 0 (map (lambda (x) (mod (* x 7919) 1013)) (range 0 300)))",
    "(define keep (lambda (f l) (if (pair? l) (if (f (head l)) (cons (head l) (keep f (tail l))) (keep f (tail l))) ())))",
    "(define sort (lambda (l) (if (pair? l) (fold (lambda (a x) (cons x a)) (sort (keep (lambda (x) (< (head l) x)) (tail l))) (cons (head l) (fold (lambda (a x) (cons x a)) () (sort (keep (lambda (x) (< x (head l))) (tail l)))))) ())))",
    "(sort (map (lambda (x) (mod (* x 37) 101)) (range 1 40)))",
    "(define n 0)", "(while (< n 20000) (set n (+ n 1)))",
    "(define compose (lambda (f g) (lambda (x) (f (g x)))))", "((compose (lambda (x) (+ x 1)) (lambda (x) (* x 2))) 20)",
    "(define ack (lambda (m n) (if (= m 0) (+ n 1) (if (= n 0) (ack (- m 1) 1) (ack (- m 1) (ack m (- n 1)))))))", "(ack 2 9)",
    "(run '(1 90000 6 9 10 6 1 1 3 5 7 2 13) 88172645463325252)", "(list 'a '(b c) (quote d) (cons 1 2) fib +)",
    "(head 5)", "(/ 1 0)", "(undefined-name)", "(1 2 3)", "(run '(99) 1)",
};

int main(int argc, char **argv)
{
    static const struct { const char *name; primitive call; } table[] = {
        { "+", add }, { "*", multiply }, { "-", subtract }, { "/", divide }, { "mod", modulo }, { "<", less }, { "=", same },
        { "head", head }, { "tail", tail }, { "cons", pair }, { "list", list }, { "pair?", is_pair }, { "run", machine },
    };
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    symbols = globals = nil;
    truth = symbol("t", 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) define(table[i].name, table[i].call);
    for (int round = 0; round < 9 * scale; round++) {
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
            failed = 0;
            root_count = 0;
            at = programs[i];
            object *value = eval(hold(parse()), nil);
            if (round) continue;
            print(failed ? nil : value);
            putchar('\n');
        }
    }
    printf("%d collections\n", collections);
    return collections > 0 ? 0 : 1;
}
