//! The crate against the library: what comes out, and what goes wrong.

use std::panic;
use std::thread;
use wring::{Kind, Options};

/// A module with an exported function that adds 1 in a padded way, and a function that nothing uses.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x06\x01\x60\x01\x7f\x01\x7f\
    \x03\x03\x02\0\0\
    \x07\x05\x01\x01f\0\0\
    \x0a\x17\x02\
    \x0b\0\x20\0\x41\x81\x80\x80\x80\0\x6a\x0b\
    \x09\0\x20\0\x20\0\x6a\x1a\0\x0b";

#[test]
fn optimizes() {
    let output = Options::new().level('z').optimize(MODULE).unwrap();
    assert!(output.module.len() < MODULE.len());
    assert!(output.source_map.is_none() && output.symbols.is_none());
    Options::new().validate(&output.module).unwrap();
    assert_eq!(Options::new().level('z').optimize(&output.module).unwrap().module, output.module);
}

#[test]
fn audits() {
    let json = Options::new().audit(MODULE).unwrap();
    assert!(json.starts_with('{') && json.contains("\"schema\": \"wring-audit\""), "{json}");
    assert!(json.contains(&format!("\"bytes\": {}", MODULE.len())));
}

#[test]
fn symbols_are_given() {
    let output = Options::new().set("symbols-out", "x.wsym").optimize(MODULE).unwrap();
    assert!(output.symbols.unwrap().starts_with(b"wsym"));
}

#[test]
fn errors_say_where() {
    let error = Options::new().optimize(&MODULE[..30]).unwrap_err();
    assert_eq!(error.kind, Kind::BadInput);
    assert!(error.offset.is_some() && !error.message.is_empty());
    assert!(error.to_string().starts_with("offset 0x"));
    assert_eq!(Options::new().audit(b"junk").unwrap_err().kind, Kind::BadInput);
}

#[test]
fn wrong_options_are_reported() {
    for options in [Options::new().set("no-such", "1"), Options::new().level('9'), Options::new().set("a\0b", "")] {
        assert_eq!(options.optimize(MODULE).unwrap_err().kind, Kind::Usage);
    }
    let error = Options::new().set("memory-limit", "1K").optimize(MODULE).unwrap_err();
    assert_eq!(error.kind, Kind::NoMemory);
}

#[test]
fn progress_goes_up_and_cancels() {
    let options = Options::new();
    let mut last = 0.0;
    options.call(MODULE).on_progress(|stage, fraction| {
        assert!(!stage.is_empty() && fraction >= last);
        last = fraction;
        true
    }).optimize().unwrap();
    assert_eq!(last, 1.0);
    let error = options.call(MODULE).on_progress(|_, _| false).optimize().unwrap_err();
    assert_eq!(error.kind, Kind::Cancelled);
}

#[test]
fn panics_come_through() {
    let options = Options::new();
    let caught = panic::catch_unwind(|| options.call(MODULE).on_progress(|_, _| panic!("stop")).optimize());
    assert_eq!(*caught.unwrap_err().downcast_ref::<&str>().unwrap(), "stop");
    options.optimize(MODULE).unwrap();
}

#[test]
fn threads_share_options() {
    let options = Options::new().level('z').set("jobs", "1");
    let expected = options.optimize(MODULE).unwrap().module;
    thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| options.optimize(MODULE).unwrap().module)).collect();
        for call in calls {
            assert_eq!(call.join().unwrap(), expected);
        }
    });
}

#[test]
fn the_version_is_the_crates() {
    assert_eq!(wring::version(), env!("CARGO_PKG_VERSION"));
}
