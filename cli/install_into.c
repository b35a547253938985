// `wring install-into`: makes links to this program where a toolchain looks for Binaryen's tools. A tool that
// was there is renamed, since wring hands on to it what it doesn't do itself. --undo restores everything.
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "options.h"
#include "real_tool.h"

#ifndef GLOB_ONLYDIR
#define GLOB_ONLYDIR 0 // musl and macOS have no such hint, which is all that it is
#endif

enum { ALL_TOOLS = 4 };

typedef struct installing {
    char self[PATH_MAX]; // the program that the links point to
    bool undo, quiet;
} installing;

static wr_exit fail(const char *what, const char *path) {
    wr_message_error("cannot %s %s: %s", what, path, strerror(errno));
    return WR_EXIT_IO;
}

// Whether the path leads to this program.
static bool is_self(const installing *i, const char *path) {
    struct stat there, self;
    return !stat(path, &there) && !stat(i->self, &self) && there.st_dev == self.st_dev &&
           there.st_ino == self.st_ino;
}

static bool is_there(const char *path) {
    struct stat st;
    return !lstat(path, &st);
}

static void say(const installing *i, const char *format, const char *a, const char *b) {
    if (i->quiet) return;
    printf(format, a, b);
    putchar('\n');
}

static wr_exit put(const installing *i, const char *path, const char *old) {
    if (is_self(i, path)) {
        say(i, "%s is wring already", path, "");
        return WR_EXIT_OK;
    }
    if (is_there(path)) {
        if (rename(path, old)) return fail("rename", path);
        say(i, "%s is now %s", path, old);
    }
    if (symlink(i->self, path)) return fail("make a link", path);
    say(i, "%s leads to %s", path, i->self);
    return WR_EXIT_OK;
}

static wr_exit take_back(const installing *i, const char *path, const char *old) {
    if (!is_self(i, path)) {
        say(i, "%s is not wring, and stays", path, "");
        return WR_EXIT_OK;
    }
    if (unlink(path)) return fail("remove", path);
    say(i, "%s is removed", path, "");
    if (!is_there(old)) return WR_EXIT_OK;
    if (rename(old, path)) return fail("rename", old);
    say(i, "%s is %s again", old, path);
    return WR_EXIT_OK;
}

// The first `ntools` of the tools.
static wr_exit in_folder(const installing *i, const char *dir, size_t ntools) {
    static const char *const tools[ALL_TOOLS] = {"wasm-opt", "wasm-metadce", "wasm-ctor-eval",
                                                 "wasm-emscripten-finalize"};
    if (!i->undo && mkdir(dir, 0777) && errno != EEXIST) return fail("make the folder", dir);
    wr_exit status = WR_EXIT_OK;
    for (size_t t = 0; status == WR_EXIT_OK && t < ntools; t++) {
        char path[PATH_MAX], old[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s", dir, tools[t]);
        int m = snprintf(old, sizeof old, "%s/" WR_REAL_PREFIX "%s", dir, tools[t]);
        errno = ENAMETOOLONG;
        if (n >= (int)sizeof path || m >= (int)sizeof old) return fail("use the folder", dir);
        status = i->undo ? take_back(i, path, old) : put(i, path, old);
    }
    return status;
}

// emsdk's environment variables say where it is; its tools are in one folder.
static wr_exit in_emsdk(const installing *i) {
    const char *emsdk = getenv("EMSDK");
    char dir[PATH_MAX];
    if (!emsdk || !*emsdk) {
        wr_message_error("EMSDK is not set; source emsdk_env.sh first, or name the folder of its tools");
        return WR_EXIT_USAGE;
    }
    snprintf(dir, sizeof dir, "%s/upstream/bin", emsdk);
    return in_folder(i, dir, ALL_TOOLS);
}

// wasm-pack takes wasm-opt from the PATH, else from where it has unpacked one.
static wr_exit in_wasm_pack(const installing *i) {
    const char *own = getenv("WASM_PACK_CACHE"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char pattern[PATH_MAX];
    if (own)
        snprintf(pattern, sizeof pattern, "%s/wasm-opt-*/bin", own);
    else if (cache && *cache)
        snprintf(pattern, sizeof pattern, "%s/.wasm-pack/wasm-opt-*/bin", cache);
    else
        snprintf(pattern, sizeof pattern, "%s/.cache/.wasm-pack/wasm-opt-*/bin", home ? home : "");
    glob_t found;
    wr_exit status = WR_EXIT_OK;
    if (glob(pattern, GLOB_ONLYDIR, NULL, &found)) {
        wr_message_error(
            "wasm-pack has unpacked no wasm-opt in %s; name a folder of the PATH, which it looks at first",
            pattern);
        status = WR_EXIT_IO;
    } else {
        for (size_t k = 0; status == WR_EXIT_OK && k < found.gl_pathc; k++)
            status = in_folder(i, found.gl_pathv[k], 1);
        globfree(&found);
    }
    return status;
}

int wr_cmd_install_into(const wr_args *args) {
    if (args->nfiles != 1) {
        wr_message_error("expected one folder, emsdk or wasm-pack; see `wring help install-into`");
        return WR_EXIT_USAGE;
    }
    installing i = {.undo = wr_args_has(args, WR_OPTION_UNDO), .quiet = wr_args_has(args, WR_OPTION_QUIET)};
    ssize_t n = readlink("/proc/self/exe", i.self, sizeof i.self - 1);
    if (n < 0) return fail("find", "this program");
    i.self[n] = 0;
    if (!strcmp(args->files[0], "emsdk")) return in_emsdk(&i);
    if (!strcmp(args->files[0], "wasm-pack")) return in_wasm_pack(&i);
    return in_folder(&i, args->files[0], ALL_TOOLS);
}
