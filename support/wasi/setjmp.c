// setjmp() and longjmp() for WebAssembly: the functions that the compiler calls when it lowers them to
// exceptions (-wasm-enable-sjlj). The convention is in WebAssembly/tool-conventions, "SetjmpLongjmp". Built
// for WASI only.
//
// longjmp() throws the tag __c_longjmp with the address of an argument. Each function that calls setjmp()
// catches it and asks whether this very invocation filled the buffer; if not, the exception propagates to its
// callers. The compiler defines the tag itself, in code that is not position-independent.
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

typedef struct jump {
    void *invocation; // identifies the function invocation that filled the buffer: an address in its frame
    uint32_t label;   // which setjmp() of the function
    struct {
        void *buffer;
        int value;
    } argument;
} jump;

_Static_assert(sizeof(jump) <= sizeof(jmp_buf), "a jump fits into a jmp_buf");

void __wasm_setjmp(void *buffer, uint32_t label, void *invocation);
uint32_t __wasm_setjmp_test(void *buffer, void *invocation);
_Noreturn void __wasm_longjmp(void *buffer, int value);

void __wasm_setjmp(void *buffer, uint32_t label, void *invocation) {
    jump *j = buffer;
    j->invocation = invocation;
    j->label = label;
}

uint32_t __wasm_setjmp_test(void *buffer, void *invocation) {
    const jump *j = buffer;
    return j->invocation == invocation ? j->label : 0;
}

_Noreturn void __wasm_longjmp(void *buffer, int value) {
    enum { TAG_LONGJMP = 1 };
    jump *j = buffer;
    j->argument.buffer = buffer;
    j->argument.value = value ? value : 1;
    __builtin_wasm_throw(TAG_LONGJMP, &j->argument);
}
