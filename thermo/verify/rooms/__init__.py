"""Rooms that were measured, solved from case files: whether k-epsilon with wall functions tells what air does."""
