//! The functions of include/wring.h that this crate calls, as they are declared there.

use std::os::raw::{c_char, c_double, c_int, c_void};

#[repr(C)]
pub struct Options {
    opaque: [u8; 0],
}

#[repr(C)]
pub struct Job {
    opaque: [u8; 0],
}

#[repr(C)]
pub struct Diagnostic {
    pub status: c_int,
    pub offset: u64,
    pub function: u32,
    pub message: *const c_char,
}

pub type Progress = unsafe extern "C" fn(user: *mut c_void, stage: *const c_char, fraction: c_double) -> c_int;
pub type FindMap = unsafe extern "C" fn(user: *mut c_void, url: *const c_char, size: *mut usize) -> *const c_void;
pub type Work = unsafe extern "C" fn(job: *mut Job, module: *const c_void, size: usize) -> c_int;

extern "C" {
    pub fn wring_version() -> *const c_char;
    pub fn wring_status_text(status: c_int) -> *const c_char;
    pub fn wring_options_new() -> *mut Options;
    pub fn wring_options_free(options: *mut Options);
    pub fn wring_options_set(options: *mut Options, name: *const c_char, value: *const c_char) -> c_int;
    pub fn wring_options_error(options: *const Options) -> *const c_char;
    pub fn wring_job_new(options: *const Options) -> *mut Job;
    pub fn wring_job_free(job: *mut Job);
    pub fn wring_job_on_progress(job: *mut Job, progress: Option<Progress>, user: *mut c_void);
    pub fn wring_job_on_find_map(job: *mut Job, find: Option<FindMap>, user: *mut c_void);
    pub fn wring_optimize(job: *mut Job, module: *const c_void, size: usize) -> c_int;
    pub fn wring_validate(job: *mut Job, module: *const c_void, size: usize) -> c_int;
    pub fn wring_audit(job: *mut Job, module: *const c_void, size: usize) -> c_int;
    pub fn wring_output(job: *const Job, size: *mut usize) -> *const c_void;
    pub fn wring_source_map(job: *const Job, size: *mut usize) -> *const c_void;
    pub fn wring_symbols(job: *const Job, size: *mut usize) -> *const c_void;
    pub fn wring_last_diagnostic(job: *const Job) -> Diagnostic;
    pub fn wring_note(job: *const Job, index: usize) -> *const c_char;
}
