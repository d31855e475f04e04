"""The visa tracker: where the cases of each procedure stand, and how they go on."""
