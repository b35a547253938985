// Lua includes it; what it offers is not used.
