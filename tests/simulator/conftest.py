"""The simulator must be switched on before numba is loaded: without that there is nothing to collect here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ON = os.environ.get("NUMBA_ENABLE_CUDASIM") and os.environ.get("NUMBA_DISABLE_JIT")
collect_ignore = [] if ON else ["test_simulator.py"]
sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("ptx", "kernels")] if ON else []
