"""Checks an evidence file against itself: nothing is looked up, every figure is worked out again from the chained events."""
