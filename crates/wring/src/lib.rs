//! Makes WebAssembly modules smaller, and says what is in them: a safe interface to libwring.
//!
//! ```
//! let module = b"\0asm\x01\0\0\0";
//! let small = wring::Options::new().level('z').optimize(module)?.module;
//! assert!(small.len() <= module.len());
//! # Ok::<(), wring::Error>(())
//! ```
//!
//! [`Options`] are those of the program `wring`, by their names on the command line. They may be used again, and from any
//! thread; each call works on its own, with worker threads of its own (`set("jobs", "1")` for none).

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

mod ffi;
mod job;

use std::error;
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::raw::c_int;
use std::ptr;

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// An option is unknown, or its value is wrong.
    Usage,
    /// The module is malformed, invalid or unsupported.
    BadInput,
    /// A file that an option names cannot be read.
    Io,
    /// A bug in wring. There is no output.
    Internal,
    /// Memory or the memory limit was exhausted.
    NoMemory,
    /// The progress callback asked to stop.
    Cancelled,
    /// The time limit was reached.
    Timeout,
}

/// A failure: its kind, where in the module it is, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Why.
    pub kind: Kind,
    /// Byte offset in the module, if one is known.
    pub offset: Option<u64>,
    /// Index of a function, if it is about one.
    pub function: Option<u32>,
    /// A sentence without the offset.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(offset) = self.offset {
            write!(f, "offset {offset:#x}: ")?;
        }
        if let Some(function) = self.function {
            write!(f, "function {function}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl error::Error for Error {}

/// What an optimization made.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The module, never larger than the input.
    pub module: Vec<u8>,
    /// Its source map, if `source-map-out` was set.
    pub source_map: Option<Vec<u8>>,
    /// Its symbol file, if `symbols-out` was set.
    pub symbols: Option<Vec<u8>>,
    /// Remarks that may interest the user.
    pub notes: Vec<String>,
}

/// Options for any number of calls. The first wrong one is reported by the calls.
pub struct Options {
    raw: *mut ffi::Options,
    error: Option<Error>,
}

// SAFETY: the library keeps no global state. Calls that take options by reference only read them, and several jobs may
// share them (wring.h, "Threads").
unsafe impl Send for Options {}
unsafe impl Sync for Options {}

impl Options {
    /// The defaults of the program: level `s`.
    ///
    /// # Panics
    /// If memory runs out.
    pub fn new() -> Self {
        // SAFETY: takes nothing.
        let raw = unsafe { ffi::wring_options_new() };
        assert!(!raw.is_null(), "out of memory");
        Options { raw, error: None }
    }

    /// The level: `'0'` to `'3'`, `'s'` or `'z'`.
    pub fn level(self, level: char) -> Self {
        self.set("O", &level.to_string())
    }

    /// Sets an option by its name on the command line without dashes: `set("keep-exports", "run,memory")`.
    pub fn set(self, name: &str, value: &str) -> Self {
        self.give(name, Some(value))
    }

    /// Sets an option that takes no value: `flag("debug-names")`.
    pub fn flag(self, name: &str) -> Self {
        self.give(name, None)
    }

    fn give(mut self, name: &str, value: Option<&str>) -> Self {
        let name = CString::new(name);
        let value = value.map(CString::new).transpose();
        let (name, value) = match (name, value) {
            (Ok(name), Ok(value)) => (name, value),
            _ => {
                self.refuse(Kind::Usage, "an option contains a zero".into());
                return self;
            }
        };
        let value = value.as_ref().map_or(ptr::null(), |value| value.as_ptr());
        // SAFETY: `raw` is valid as long as self, and the strings are during the call, which copies them.
        let status = unsafe { ffi::wring_options_set(self.raw, name.as_ptr(), value) };
        if let Some(kind) = kind_of(status) {
            // SAFETY: the message lives as long as the options, or until the next call of wring_options_set().
            let said = unsafe { text(ffi::wring_options_error(self.raw)) };
            self.refuse(kind, if said.is_empty() { status_text(status) } else { said });
        }
        self
    }

    fn refuse(&mut self, kind: Kind, message: String) {
        self.error.get_or_insert(Error { kind, offset: None, function: None, message });
    }

    fn check(&self) -> Result<(), Error> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// Makes a module, or a component with the modules in it, smaller.
    pub fn optimize(&self, module: &[u8]) -> Result<Output, Error> {
        self.call(module).optimize()
    }

    /// Says what is in a module, as the JSON that docs/AUDIT.md describes.
    pub fn audit(&self, module: &[u8]) -> Result<String, Error> {
        self.call(module).audit()
    }

    /// Reads and validates a module.
    pub fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.call(module).validate()
    }

    /// A call that reports its progress or is given a source map.
    pub fn call<'a>(&'a self, module: &'a [u8]) -> Call<'a> {
        Call { options: self, module, progress: None, source_map: None }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: made by wring_options_new(), and freed only here; calls borrow self.
        unsafe { ffi::wring_options_free(self.raw) }
    }
}

/// A call that is about to be made.
pub struct Call<'a> {
    options: &'a Options,
    module: &'a [u8],
    progress: Option<Box<dyn FnMut(&str, f64) -> bool + 'a>>,
    source_map: Option<&'a [u8]>,
}

impl<'a> Call<'a> {
    /// Is told the stage and the fraction that is done, from 0 to 1, and cancels the call by returning false. Runs on the
    /// thread of the call. A panic cancels the call and goes on when it has ended.
    pub fn on_progress(mut self, progress: impl FnMut(&str, f64) -> bool + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// The source map of the module.
    pub fn source_map(mut self, map: &'a [u8]) -> Self {
        self.source_map = Some(map);
        self
    }

    /// See [`Options::optimize`].
    pub fn optimize(self) -> Result<Output, Error> {
        job::run(self, ffi::wring_optimize, |job| Output {
            module: job.output(),
            source_map: job.source_map(),
            symbols: job.symbols(),
            notes: job.notes(),
        })
    }

    /// See [`Options::audit`].
    pub fn audit(self) -> Result<String, Error> {
        job::run(self, ffi::wring_audit, |job| String::from_utf8_lossy(&job.output()).into_owned())
    }

    /// See [`Options::validate`].
    pub fn validate(self) -> Result<(), Error> {
        job::run(self, ffi::wring_validate, |_| ())
    }
}

/// The version of the library.
pub fn version() -> String {
    // SAFETY: returns a string that lives forever.
    unsafe { text(ffi::wring_version()) }
}

/// None: it succeeded.
fn kind_of(status: c_int) -> Option<Kind> {
    Some(match status {
        0 => return None,
        1 => Kind::Usage,
        2 => Kind::BadInput,
        3 => Kind::Io,
        5 => Kind::NoMemory,
        6 => Kind::Cancelled,
        7 => Kind::Timeout,
        _ => Kind::Internal,
    })
}

fn status_text(status: c_int) -> String {
    // SAFETY: takes any number, and returns a string that lives forever.
    unsafe { text(ffi::wring_status_text(status)) }
}

/// A copy of a C string.
///
/// # Safety
/// `text` is null, or a string that ends with a zero.
unsafe fn text(text: *const std::os::raw::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
