// A crate as wasm-pack builds them: strings, vectors, closures, errors and a struct that cross to JavaScript.
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub fn greet(name: &str) -> String {
    format!("Hello, {}!", name.to_uppercase())
}

#[wasm_bindgen]
pub fn words(text: &str) -> Vec<String> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_lowercase()).or_insert(0u32) += 1;
    }
    counts.iter().map(|(word, n)| format!("{word}: {n}")).collect()
}

#[wasm_bindgen]
pub fn parse(text: &str) -> Result<f64, JsError> {
    Ok(text.trim().parse::<f64>()?)
}

#[wasm_bindgen]
pub fn each(numbers: &[f64], call: &js_sys_free::Callback) -> f64 {
    numbers.iter().map(|&n| call.call(n)).sum()
}

// A function of JavaScript, without the js-sys crate.
mod js_sys_free {
    use wasm_bindgen::prelude::*;
    #[wasm_bindgen]
    extern "C" {
        pub type Callback;
        #[wasm_bindgen(method)]
        pub fn call(this: &Callback, n: f64) -> f64;
    }
}

#[wasm_bindgen]
pub struct Stack {
    items: Vec<i64>,
}

#[wasm_bindgen]
impl Stack {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Stack {
        Stack { items: Vec::new() }
    }
    pub fn push(&mut self, n: i64) {
        self.items.push(n);
    }
    pub fn pop(&mut self) -> Option<i64> {
        self.items.pop()
    }
    pub fn total(&self) -> i64 {
        self.items.iter().sum()
    }
}
