// Entries of the output's .debug_info, and the pieces of code that they are about.
#ifndef WR_DEBUGINFO_DWARF_WRITE_ENTRY_H
#define WR_DEBUGINFO_DWARF_WRITE_ENTRY_H

#include "dwarf_write_parts.h"

enum { WR_DWARF_MOST_ATTRIBUTES = 64 };

// A piece of the current function of the output.
typedef struct wr_dwarf_piece {
    uint32_t at, size; // place in the output, as a DWARF address
    uint32_t origin;   // its origin as a DWARF address, or that of the inlined call that it belongs to
    uint32_t site;     // then this is the inline site; 0: the code stands for itself
    uint32_t row_origin, row_site; // origin and site of the code itself
} wr_dwarf_piece;

typedef struct wr_dwarf_pieces {
    wr_dwarf_piece *v;
    uint32_t n;
} wr_dwarf_pieces;

typedef struct wr_dwarf_attribute {
    uint64_t attribute, form;
    wr_slice bytes;
    uint64_t target; // target of a reference
    bool is_reference;
} wr_dwarf_attribute;

// An entry while it is read and written.
typedef struct wr_dwarf_record {
    uint64_t offset, tag;
    bool has_children;
    wr_dwarf_attribute v[WR_DWARF_MOST_ATTRIBUTES];
    uint32_t n;
    bool has_low, has_high, high_is_size, has_ranges;
    uint64_t low, high;
    wr_dwarf_value ranges;
    bool has_location, has_frame_base;
    wr_dwarf_value location, frame_base;
    uint64_t location_end;       // where the location's bytes end
    bool describes_calls;        // it has entries for its calls, or all of its tail calls
    uint64_t call_pc, return_pc; // of a call site; 0: none
    size_t at, behind;           // where it begins, and where its first child would
    uint32_t nmoved, nfixups;    // lengths of these lists before the entry
} wr_dwarf_record;

void wr_dwarf_put_entry(wr_dwarf_writer *w, const wr_dwarf_record *e);
// Begins an entry that may have children, which are written after it.
void wr_dwarf_begin_entry(wr_dwarf_writer *w, wr_dwarf_record *e);
// Ends its list of children. An entry without any is rewritten as one that has none.
void wr_dwarf_end_entry(wr_dwarf_writer *w, wr_dwarf_record *e);

// Add an attribute to an entry that is not written yet.
void wr_dwarf_add_bytes(wr_dwarf_record *e, uint64_t name, uint64_t form, wr_slice bytes);
void wr_dwarf_add_word(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t form, uint64_t value);
void wr_dwarf_add_number(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t value);
// is_near: the target is in the same unit.
void wr_dwarf_add_reference(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t target,
                            bool is_near);
void wr_dwarf_add_ranges(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_range *v, uint32_t n);
// A single range as low and high address, several as ranges.
void wr_dwarf_add_place(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_range *v, uint32_t n);
// Adds the ranges of the pieces, joining adjacent ones.
void wr_dwarf_add_pieces(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_pieces *code);

// Adds an attribute as it is in the input; `end` is where its bytes end.
void wr_dwarf_copy_attribute(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_value *v, uint64_t end);
// The code that a variable belongs to.
typedef struct wr_dwarf_scope {
    uint32_t func;   // of the map; WR_NONE: none
    uint32_t site;   // inline site in it; 0: the function itself
    uint32_t callee; // then the function of the input that was inlined there,
    uint32_t frame;  // and the local of it that is its frame base; WR_NONE: none
    bool has_frame;  // the function's frame base is known
} wr_dwarf_scope;

// Adds the location of a variable if it has one in the output. Returns false if it has none.
bool wr_dwarf_add_location(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_scope *scope);
// Adds the address of a call site in a function of the map. Returns false if the call is gone, or there are
// several.
bool wr_dwarf_add_call(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func);
// Adds to the entry of a function of the map that its tail calls have entries; it has none. Returns false if
// it has some, so that none of its calls gets an entry.
bool wr_dwarf_add_describes_calls(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func);
// The local that an entry's frame base is; WR_NONE: it is something else.
uint32_t wr_dwarf_frame_local(wr_dwarf_writer *w, const wr_dwarf_record *e);
// Adds the frame base of a function of the map. Returns false if nothing can be relative to it: it is not
// known, or it is a global, of which nobody has shown that it has the same values at the same places.
bool wr_dwarf_add_frame_base(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func);

// The pieces of a function of the map, sorted by origin.
wr_dwarf_pieces wr_dwarf_pieces_of(wr_dwarf_writer *w, uint32_t out);
// Returns the parts of the pieces (sorted by origin) whose origins are in these ranges.
wr_dwarf_pieces wr_dwarf_cut_pieces(wr_dwarf_writer *w, const wr_dwarf_pieces *code,
                                    const wr_dwarf_ranges *ranges);
// Sets the origins of the pieces as seen from inside a site, and sorts by them.
void wr_dwarf_enter_site(const wr_dwarf_writer *w, wr_dwarf_pieces *code, uint32_t outer);
// Compares pieces by their places, for qsort.
int wr_dwarf_by_place(const void *a, const void *b);

#endif
