//! Shrinks a module: cargo run --example shrink IN OUT

use std::error::Error;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().collect();
    let (from, to) = match args.as_slice() {
        [_, from, to] => (from, to),
        _ => return Err("usage: shrink IN OUT".into()),
    };
    let module = fs::read(from)?;
    let output = wring::Options::new().level('z').optimize(&module)?;
    fs::write(to, &output.module)?;
    println!("{} -> {} bytes", module.len(), output.module.len());
    Ok(())
}
