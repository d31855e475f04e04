"""Passports we hold: who has each, which are overdue, and how they go on or back."""
