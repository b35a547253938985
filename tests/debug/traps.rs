// Traps at the place that its argument names, as traps.c does, in the shapes that Rust has: bounds checks, unwraps,
// arithmetic, slices, matches, traits, closures, generics, iterators. Panics abort.
#![allow(clippy::all, arithmetic_overflow, unconditional_panic)]
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hint::black_box;
use std::rc::Rc;

fn zero() -> i32 {
    black_box(0)
}

fn far() -> *mut i32 {
    black_box(0x7fff_fff0usize) as *mut i32
}

#[inline(always)]
fn load_far(i: usize) -> i32 {
    unsafe { *far().add(i) } // at 1
}

#[inline(always)]
fn twice(i: usize) -> i32 {
    load_far(i) * 2
}

#[inline(never)]
fn in_inlined(n: usize) -> i32 {
    (0..n).map(twice).sum()
}

#[inline(never)]
fn index(v: &[i32], i: usize) -> i32 {
    let k = i * 2;
    v[k] // at 2
}

#[inline(never)]
fn divide(a: i32, b: i32) -> i32 {
    a / b // at 3
}

#[inline(never)]
fn remainder(a: i32, b: i32) -> i32 {
    a % b // at 4
}

#[inline(never)]
fn unwrap(o: Option<i32>) -> i32 {
    o.unwrap() + 1 // at 5
}

#[inline(never)]
fn expect(r: Result<i32, String>) -> i32 {
    r.expect("a number") // at 6
}

#[inline(never)]
fn overflow(a: i32) -> i32 {
    a + 1 // at 7
}

#[inline(never)]
fn negate(a: i32) -> i32 {
    -a // at 8
}

#[inline(never)]
fn slice(v: &[i32], from: usize) -> usize {
    v[from..].len() // at 9
}

#[inline(never)]
fn text(s: &str, n: usize) -> usize {
    s[..n].len() // at 10
}

#[inline(never)]
fn parse(s: &str) -> i32 {
    s.parse::<i32>().unwrap() // at 11
}

#[inline(never)]
fn borrow(c: &RefCell<Vec<i32>>) -> usize {
    let _held = c.borrow_mut();
    c.borrow().len() // at 12
}

#[inline(never)]
fn explicit(n: i32) -> i32 {
    if n > 3 {
        panic!("too much: {n}"); // at 13
    }
    n
}

#[inline(never)]
fn unreachable_arm(n: i32) -> i32 {
    match n {
        0 => 3,
        1 => 5,
        _ => unreachable!(), // at 14
    }
}

#[inline(never)]
fn asserted(a: i32, b: i32) {
    assert_eq!(a, b); // at 15
}

trait Shape {
    fn area(&self) -> i32;
    fn edges(&self) -> i32 {
        4 / zero() // at 16
    }
}

struct Square(i32);
struct Circle(i32);

impl Shape for Square {
    fn area(&self) -> i32 {
        self.0 * load(self.0 as usize) // at 17
    }
}

impl Shape for Circle {
    fn area(&self) -> i32 {
        let limit = black_box(2);
        if self.0 > limit {
            core::arch::wasm32::unreachable() // at 18
        }
        self.0
    }
}

#[inline(always)]
fn load(i: usize) -> i32 {
    unsafe { core::ptr::read_volatile(far().add(i + 7)) } // at 19 as 17
}

#[inline(never)]
fn dynamic(s: &dyn Shape, edges: bool) -> i32 {
    if edges { s.edges() } else { s.area() }
}

struct Guard(i32);

impl Drop for Guard {
    fn drop(&mut self) {
        if self.0 == 20 {
            core::arch::wasm32::unreachable() // at 20
        }
    }
}

#[inline(never)]
fn guarded(n: i32) -> i32 {
    let g = Guard(n);
    black_box(g.0) + 1
}

#[inline(never)]
fn generic<T: Copy + std::ops::Div<Output = T>>(a: T, b: T) -> T {
    a / b // at 21
}

#[inline(never)]
fn closure(n: usize) -> i32 {
    let v = [1, 2, 3];
    let f = |i: usize| v[black_box(i)]; // at 22
    f(n) + f(0)
}

#[inline(never)]
fn iterate(v: &[i32]) -> i32 {
    v.iter()
        .map(|x| 100 / x) // at 23
        .sum()
}

#[inline(never)]
fn map(m: &HashMap<i32, i32>, k: i32) -> i32 {
    m[&k] // at 24
}

#[inline(never)]
fn vector(v: &mut Vec<i32>) -> i32 {
    v.remove(5) // at 25
}

#[inline(never)]
fn copy(a: &mut [i32], b: &[i32]) {
    a.copy_from_slice(b) // at 26
}

#[inline(never)]
fn shift(a: i32, n: u32) -> i32 {
    a << n // at 27
}

#[inline(never)]
fn multiply(a: usize, b: usize) -> usize {
    a * b // at 28
}

#[inline(never)]
fn recursion(n: u32) -> u32 {
    if n == 0 {
        return 7 / zero() as u32; // at 29
    }
    recursion(n - 1) + 1
}

enum Tree {
    Leaf(i32),
    Node(Box<Tree>, Box<Tree>),
}

#[inline(never)]
fn walk(t: &Tree) -> i32 {
    match t {
        Tree::Leaf(n) => 12 / n, // at 30
        Tree::Node(a, b) => walk(a) + walk(b),
    }
}

#[inline(never)]
fn chars(s: &str, n: usize) -> char {
    s.chars().nth(n).unwrap() // at 31
}

#[inline(never)]
fn to_u8(n: i32) -> u8 {
    u8::try_from(n).unwrap() // at 32
}

#[inline(never)]
fn boxed(n: i32) -> i32 {
    let f: Box<dyn Fn(i32) -> i32> = Box::new(move |x| n / (x - 3)); // at 33
    f(black_box(3))
}

#[inline(never)]
fn shared(r: &Rc<Cell<i32>>) -> i32 {
    let n = Rc::strong_count(r) as i32;
    9 % (n - 1) // at 34
}

#[inline(never)]
fn store(n: usize) {
    for i in 0..n {
        if i == 3 {
            unsafe { *far().add(n) = i as i32 } // at 35
        }
    }
}

#[inline(never)]
fn wide(a: i64, b: i64) -> i64 {
    a.wrapping_mul(7) / b // at 36
}

#[inline(never)]
fn chunk(v: &[i32], n: usize) -> usize {
    v.chunks(n).count() // at 37
}

mod inner {
    pub struct Counter {
        pub n: i32,
    }
    impl Counter {
        #[inline(never)]
        pub fn step(&mut self, by: i32) {
            self.n += by;
            if self.n > 10 {
                core::arch::wasm32::unreachable() // at 38
            }
        }
    }
}

#[inline(never)]
fn swap(v: &mut [i32], i: usize) {
    v.swap(0, i) // at 39
}

#[inline(never)]
fn checked(n: i32) {
    if n == 40 {
        std::process::abort() // at 40
    }
}

#[no_mangle]
pub extern "C" fn run(k: i32) -> i32 {
    let list = [1, 2, 3, 0];
    match k {
        1 => in_inlined(5),
        2 => index(&list, 4),
        3 => divide(7, zero()),
        4 => remainder(7, zero()),
        5 => unwrap(black_box(None)),
        6 => expect(black_box(Err(String::from("none")))),
        7 => overflow(black_box(i32::MAX)),
        8 => negate(black_box(i32::MIN)),
        9 => slice(&list, black_box(9)) as i32,
        10 => text("h\u{e4}llo", black_box(2)) as i32,
        11 => parse("12a"),
        12 => borrow(&RefCell::new(vec![1])) as i32,
        13 => explicit(k),
        14 => unreachable_arm(k),
        15 => {
            asserted(k, 3);
            0
        }
        16 => dynamic(black_box(&Square(3)), true) * 9,
        17 => dynamic(black_box(&Square(3)), false),
        18 => dynamic(black_box(&Circle(3)), false) + 5,
        19 => load(black_box(3)),
        20 => guarded(k),
        21 => generic(7i64, zero() as i64) as i32,
        22 => closure(5),
        23 => iterate(&list),
        24 => map(&HashMap::new(), k),
        25 => vector(&mut vec![1, 2]),
        26 => {
            copy(&mut [0; 3], &list);
            0
        }
        27 => shift(k, black_box(40)),
        28 => multiply(black_box(1 << 20), black_box(1 << 20)) as i32,
        29 => recursion(4) as i32,
        30 => walk(&Tree::Node(Box::new(Tree::Leaf(3)), Box::new(Tree::Leaf(0)))),
        31 => chars("abc", black_box(7)) as i32,
        32 => i32::from(to_u8(black_box(300))),
        33 => boxed(k),
        34 => shared(&Rc::new(Cell::new(3))),
        35 => {
            store(9);
            0
        }
        36 => wide(4, zero() as i64) as i32,
        37 => chunk(&list, black_box(0)) as i32,
        38 => {
            let mut c = inner::Counter { n: 3 };
            (0..9).for_each(|i| c.step(i));
            c.n
        }
        39 => {
            swap(&mut [1, 2], black_box(3));
            0
        }
        40 => {
            checked(k);
            0
        }
        _ => list.iter().map(|x| x * k).sum(),
    }
}
