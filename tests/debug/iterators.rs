// Traps at the place that its argument names, as traps.rs does, deep in chains of iterators and closures that the
// compiler inlines into one function. Panics abort.
use std::collections::{BTreeMap, VecDeque};
use std::hint::black_box;

fn far(i: i32) -> i32 {
    unsafe { *(black_box(0x7fff_fff0usize) as *const i32).add(i as usize) } // at 1
}

#[inline(never)]
fn mapped(v: &[i32]) -> i32 {
    v.iter().map(|x| x + 1).filter(|x| x % 2 == 0).map(|x| far(x)).sum()
}

#[inline(never)]
fn filtered(v: &[i32], d: i32) -> usize {
    v.iter()
        .enumerate()
        .filter(|(_, x)| {
            **x / d > 1 // at 2
        })
        .count()
}

#[inline(never)]
fn zipped(a: &[i32], b: &[i32]) -> i32 {
    a.iter()
        .zip(b.iter().rev())
        .map(|(x, y)| {
            x % y // at 3
        })
        .max()
        .unwrap_or(0)
}

#[inline(never)]
fn folded(v: &[i32]) -> i32 {
    v.chunks(2).fold(1, |sum, pair| {
        sum * pair[1] // at 4
    })
}

#[inline(never)]
fn flat(v: &[Vec<i32>], i: usize) -> i32 {
    v.iter()
        .flat_map(|row| row.iter().skip(1))
        .take_while(|x| {
            v[i][0] < **x // at 5
        })
        .sum()
}

#[inline(never)]
fn windows(v: &[i32], d: i32) -> bool {
    v.windows(3).any(|w| {
        w[0] + w[2] / d > 40 // at 6
    })
}

#[inline(never)]
fn scanned(v: &[i32]) -> Option<i32> {
    v.iter()
        .scan(0i32, |state, x| {
            *state = state.checked_add(*x).expect("too much"); // at 7
            Some(*state)
        })
        .last()
}

#[inline(never)]
fn tree(m: &BTreeMap<i32, &str>, d: i32) -> i32 {
    m.range(2..)
        .map(|(k, v)| {
            v.len() as i32 / (k - d) // at 8
        })
        .sum()
}

#[inline(never)]
fn queue(q: &mut VecDeque<i32>) -> i32 {
    q.drain(..)
        .step_by(2)
        .inspect(|x| {
            assert!(*x != 5); // at 9
        })
        .sum()
}

struct Countdown(i32);

impl Iterator for Countdown {
    type Item = i32;
    fn next(&mut self) -> Option<i32> {
        self.0 -= 1;
        Some(100 / self.0) // at 10
    }
}

#[inline(never)]
fn own(n: i32) -> i32 {
    Countdown(n).by_ref().skip_while(|x| *x < 60).step_by(2).take(3).sum()
}

#[inline(never)]
fn text(s: &str, i: usize) -> u32 {
    s.split(',')
        .filter_map(|part| part.parse::<u32>().ok())
        .map(|n| {
            n + s.as_bytes()[i] as u32 // at 11
        })
        .sum()
}

#[inline(never)]
fn dynamic(list: &[Box<dyn Fn(i32) -> i32>]) -> i32 {
    list.iter().map(|f| f(4)).min().unwrap_or(9)
}

#[no_mangle]
pub extern "C" fn run(k: i32) -> i32 {
    let list: Vec<i32> = (1..10).map(black_box).collect();
    let zero = black_box(0);
    match k {
        1 => mapped(&list),
        2 => filtered(&list, zero) as i32,
        3 => zipped(&list, &[2, zero, 4]),
        4 => folded(&list),
        5 => flat(&[vec![1, 2], vec![0, 4]], black_box(7)),
        6 => windows(&list, zero) as i32,
        7 => scanned(&[black_box(i32::MAX), 1]).unwrap_or(3),
        8 => tree(&BTreeMap::from([(1, "a"), (3, "bc")]), black_box(3)),
        9 => queue(&mut list.iter().copied().collect()),
        10 => own(black_box(4)),
        11 => text("4,5,x", black_box(9)) as i32,
        12 => dynamic(&[
            Box::new(|x| x + 1),
            Box::new(move |x| {
                x / zero // at 12
            }),
        ]),
        _ => mapped(&[0, 2, 4][..zero as usize]) + filtered(&list, 1) as i32,
    }
}
