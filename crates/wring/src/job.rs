//! One run of the library: made, run and freed within a call.

use std::any::Any;
use std::os::raw::{c_char, c_int, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::slice;

use crate::{ffi, kind_of, text, Call, Error};

/// A job of the library. It may outlive neither the options nor the callbacks, which `run` sees to.
pub(crate) struct Job(*mut ffi::Job);

impl Drop for Job {
    fn drop(&mut self) {
        // SAFETY: made by wring_job_new(), and freed only here.
        unsafe { ffi::wring_job_free(self.0) }
    }
}

type Getter = unsafe extern "C" fn(*const ffi::Job, *mut usize) -> *const c_void;

impl Job {
    fn bytes(&self, get: Getter) -> Vec<u8> {
        let mut size = 0;
        // SAFETY: the job is valid, and the bytes live until its next run.
        unsafe {
            let bytes = get(self.0, &mut size);
            if size == 0 { Vec::new() } else { slice::from_raw_parts(bytes.cast::<u8>(), size).to_vec() }
        }
    }

    fn some_bytes(&self, get: Getter) -> Option<Vec<u8>> {
        Some(self.bytes(get)).filter(|bytes| !bytes.is_empty())
    }

    pub fn output(&self) -> Vec<u8> {
        self.bytes(ffi::wring_output)
    }

    pub fn source_map(&self) -> Option<Vec<u8>> {
        self.some_bytes(ffi::wring_source_map)
    }

    pub fn symbols(&self) -> Option<Vec<u8>> {
        self.some_bytes(ffi::wring_symbols)
    }

    pub fn notes(&self) -> Vec<String> {
        // SAFETY: the job is valid; a note is a string or, past the last, null.
        let note = |index| unsafe { ffi::wring_note(self.0, index) };
        (0..).map(note).take_while(|note| !note.is_null()).map(|note| unsafe { text(note) }).collect()
    }

    fn error(&self, status: c_int) -> Error {
        // SAFETY: the job is valid, and the message lives until its next run.
        let (said, message) = unsafe {
            let said = ffi::wring_last_diagnostic(self.0);
            let message = text(said.message);
            (said, message)
        };
        Error {
            kind: kind_of(status).unwrap_or(crate::Kind::Internal),
            offset: Some(said.offset).filter(|&offset| offset != u64::MAX),
            function: Some(said.function).filter(|&function| function != u32::MAX),
            message,
        }
    }
}

/// What the callbacks use; the job has its address.
struct Context<'a> {
    call: Call<'a>,
    panic: Option<Box<dyn Any + Send>>,
}

unsafe extern "C" fn on_progress(user: *mut c_void, stage: *const c_char, fraction: f64) -> c_int {
    // SAFETY: `user` is the context that `run` gave, which nobody else uses while the job runs; the stage is a string.
    let (context, stage) = unsafe { (&mut *user.cast::<Context<'_>>(), text(stage)) };
    let progress = &mut context.call.progress;
    // Unwinding must not go through the library's frames.
    match catch_unwind(AssertUnwindSafe(|| progress.as_mut().map_or(true, |progress| progress(&stage, fraction)))) {
        Ok(go_on) => c_int::from(go_on),
        Err(panic) => {
            context.panic = Some(panic);
            0
        }
    }
}

unsafe extern "C" fn find_map(user: *mut c_void, _url: *const c_char, size: *mut usize) -> *const c_void {
    // SAFETY: as for on_progress(); the map lives as long as the call.
    unsafe {
        let context = &*user.cast::<Context<'_>>();
        let map = context.call.source_map.unwrap_or_default();
        *size = map.len();
        if map.is_empty() { std::ptr::null() } else { map.as_ptr().cast() }
    }
}

pub(crate) fn run<T>(call: Call<'_>, work: ffi::Work, take: impl FnOnce(&Job) -> T) -> Result<T, Error> {
    call.options.check()?;
    let (module, watched) = (call.module, call.progress.is_some());
    // SAFETY: the options are valid as long as the call, which outlives the job.
    let job = Job(unsafe { ffi::wring_job_new(call.options.raw) });
    assert!(!job.0.is_null(), "out of memory");
    let mut context = Context { call, panic: None };
    let user: *mut c_void = (&mut context as *mut Context<'_>).cast();
    // SAFETY: job, module and context are valid during the call, and the callbacks are called on this thread only.
    let status = unsafe {
        if watched {
            ffi::wring_job_on_progress(job.0, Some(on_progress), user);
        }
        ffi::wring_job_on_find_map(job.0, Some(find_map), user);
        work(job.0, module.as_ptr().cast(), module.len())
    };
    if let Some(panic) = context.panic {
        resume_unwind(panic);
    }
    if status == 0 { Ok(take(&job)) } else { Err(job.error(status)) }
}
