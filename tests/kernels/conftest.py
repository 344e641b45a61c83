"""What the operators' tests share: both precisions, and the loops against which array forms are held."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import kernels


@pytest.fixture(params=[np.float32, np.float64], ids=["single", "double"])
def dtype(request: pytest.FixtureRequest) -> Any:
    """Type of the fields."""
    return request.param


@pytest.fixture
def loops(request: pytest.FixtureRequest) -> SimpleNamespace:
    """The operators cell by cell: compiled on every device but numpy, else as plain Python."""
    if request.param != "uncompiled":
        return kernels.on(request.param)
    table = {
        name: getattr(importlib.import_module(f"kernels.{module}"), f"{name}_on_cpu")
        for name, module in kernels.OPERATORS.items()
    }
    return SimpleNamespace(device="uncompiled", concurrency=lambda cells: None, **table)


@pytest.fixture
def arrays() -> SimpleNamespace:
    """The array forms."""
    return kernels.on("numpy")
