//! Finds libwring, first that comes: the folder in WRING_LIB_DIR, pkg-config, and, in a checkout of wring, a build of the
//! tree above by CMake. No other crate is needed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the static library needs beside the C library; libwring.so brings it along.
const NEEDED: [&str; 6] = ["brotlienc", "zstd", "z", "jansson", "iberty", "m"];

fn link_from(folder: &Path) {
    println!("cargo:rustc-link-search=native={}", folder.display());
    if folder.join("libwring.a").exists() {
        println!("cargo:rustc-link-lib=static=wring");
        for library in NEEDED {
            println!("cargo:rustc-link-lib={library}");
        }
    } else {
        println!("cargo:rustc-link-lib=dylib=wring");
    }
}

/// Prints what `pkg-config` says; false if there is no such program or it doesn't know wring.
fn link_by_pkg_config() -> bool {
    let answer = Command::new("pkg-config").args(["--libs", "wring"]).output();
    let answer = match answer {
        Ok(answer) if answer.status.success() => answer,
        _ => return false,
    };
    for word in String::from_utf8_lossy(&answer.stdout).split_whitespace() {
        if let Some(folder) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(library) = word.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={library}");
        }
    }
    true
}

fn run(command: &mut Command) {
    let status = command.status();
    if !status.as_ref().map_or(false, |status| status.success()) {
        panic!("{command:?}: {status:?}; building libwring needs CMake and the packages that wring's README names");
    }
}

fn build(tree: &Path) {
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("build");
    let source = ["-S".as_ref(), tree.as_os_str(), "-B".as_ref(), folder.as_os_str()];
    run(Command::new("cmake").args(source).args(["-DCMAKE_BUILD_TYPE=Release", "-DWRING_TESTS=OFF"]));
    let jobs = env::var("NUM_JOBS").unwrap_or_else(|_| "1".into());
    run(Command::new("cmake").arg("--build").arg(&folder).args(["--target", "wring_static", "-j", &jobs]));
    link_from(&folder);
}

fn main() {
    println!("cargo:rerun-if-env-changed=WRING_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rerun-if-changed=build.rs");
    let tree = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    if let Some(folder) = env::var_os("WRING_LIB_DIR") {
        link_from(Path::new(&folder));
    } else if !link_by_pkg_config() {
        if !tree.join("include/wring.h").exists() {
            panic!("libwring was not found: install it, or set WRING_LIB_DIR to the folder that has it");
        }
        build(&tree);
    }
}
