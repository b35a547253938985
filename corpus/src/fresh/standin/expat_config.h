// Expat includes it; corpus/lib/fresh.mjs sets what it would.
