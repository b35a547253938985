// Regular expressions, JSON, maps and formatting over generated text.
use regex::Regex;
use serde_json::{json, Value};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

fn noise(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    *state >> 33
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(2166136261, |h, b| (h ^ u32::from(b)).wrapping_mul(16777619))
}

fn write_log(lines: u32) -> String {
    let mut state = 42;
    let mut log = String::new();
    for i in 0..lines {
        let (user, code, time) = (noise(&mut state) % 50, [200, 301, 404, 500][noise(&mut state) as usize % 4], noise(&mut state) % 1000);
        writeln!(log, "2026-11-{:02} user{user}@example.org GET /page/{i}?q={} {code} {:.3}", i % 30 + 1, noise(&mut state), time as f64 / 7.0).unwrap();
    }
    log
}

fn count_by_user(log: &str) -> BTreeMap<String, (u32, f64)> {
    let line = Regex::new(r"(?m)^(\d{4})-(\d\d)-(\d\d) (\w+)@[\w.]+ (GET|POST) (\S+) (\d{3}) ([\d.]+)$").unwrap();
    let mut users = BTreeMap::new();
    for found in line.captures_iter(log) {
        let entry: &mut (u32, f64) = users.entry(found[4].to_string()).or_default();
        entry.0 += 1;
        entry.1 += found[8].parse::<f64>().unwrap();
    }
    users
}

/// Digest of the work; `rounds` lines by the hundred.
#[no_mangle]
pub extern "C" fn run(rounds: u32) -> u32 {
    let log = write_log(rounds.min(100) * 100);
    let users = count_by_user(&log);
    let report: Vec<Value> = users.iter().map(|(name, (n, sum))| json!({"name": name, "n": n, "mean": sum / f64::from(*n), "tags": ["a", null, true]})).collect();
    let text = serde_json::to_string_pretty(&report).unwrap();
    let back: Value = serde_json::from_str(&text).unwrap();
    let mut words: HashMap<String, u32> = HashMap::new();
    for word in Regex::new(r"[a-z]+|\p{Nd}{2,4}").unwrap().find_iter(&log) {
        *words.entry(word.as_str().to_uppercase()).or_insert(0) += 1;
    }
    let mut sorted: Vec<_> = words.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let hidden = Regex::new(r"(?i)(USER)(\d+)@").unwrap().replace_all(&log, "$1-${2}#");
    hash(&text) ^ hash(&back.to_string()) ^ hash(&format!("{:?}", &sorted[..sorted.len().min(20)])) ^ hash(&hidden)
}
