# Nothing to say of WASI, which CMake doesn't know.
