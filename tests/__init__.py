"""The tests: one file a module, fakes at the seams, contracts that fake and real both pass."""
