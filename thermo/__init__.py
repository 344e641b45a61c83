"""Minehall: thermal and power modeler for mining halls turned into AI data centers."""

__version__ = "0.1.0"
