// A program of Zig's standard library: reads JSON, sorts and counts words in a hash map, hashes with SHA-256 and BLAKE3,
// writes base64 and JSON again. What it prints depends on nothing outside.
const std = @import("std");

const Entry = struct { name: []const u8, weight: f64, tags: [][]const u8, nested: ?struct { depth: u32, ok: bool } = null };

const text =
    \\[{"name":"alpha","weight":1.25,"tags":["x","y"]},
    \\ {"name":"beta \u00e9","weight":-3e4,"tags":[],"nested":{"depth":7,"ok":true}},
    \\ {"name":"gamma","weight":0.1,"tags":["x","z","x"]}]
;

fn byName(_: void, a: []const u8, b: []const u8) bool {
    return std.mem.lessThan(u8, a, b);
}

pub fn main() !void {
    var arena = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    defer arena.deinit();
    const gpa = arena.allocator();
    var buffer: [4096]u8 = undefined;
    var file = std.fs.File.stdout().writerStreaming(&buffer);
    const out = &file.interface;

    const parsed = try std.json.parseFromSlice([]Entry, gpa, text, .{});
    var counts = std.StringHashMap(usize).init(gpa);
    for (parsed.value) |entry| {
        try out.print("{s}: {d:.3} {d}\n", .{ entry.name, entry.weight, entry.tags.len });
        for (entry.tags) |tag| {
            const slot = try counts.getOrPutValue(tag, 0);
            slot.value_ptr.* += 1;
        }
    }
    var names: std.ArrayList([]const u8) = .empty;
    var keys = counts.keyIterator();
    while (keys.next()) |key| try names.append(gpa, key.*);
    std.mem.sort([]const u8, names.items, {}, byName);
    for (names.items) |name| try out.print("{s} x{d}\n", .{ name, counts.get(name).? });

    var sha: [32]u8 = undefined;
    var blake: [32]u8 = undefined;
    var block: [1 << 12]u8 = undefined;
    var random = std.Random.DefaultPrng.init(17);
    for (0..64) |_| {
        random.random().bytes(&block);
        std.crypto.hash.sha2.Sha256.hash(&block, &sha, .{});
        std.crypto.hash.Blake3.hash(&block, &blake, .{});
    }
    var encoded: [64]u8 = undefined;
    try out.print("{s}\n", .{std.base64.standard.Encoder.encode(&encoded, &sha)});
    try out.print("{x}\n", .{blake});
    try std.json.Stringify.value(parsed.value, .{ .whitespace = .indent_2 }, out);
    try out.print("\n", .{});
    try out.flush();
}
