"""What this machine has: Python and packages, devices, OpenGL; each problem with the command that cures it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from . import gl

# distribution -> what it is for
PACKAGES = {
    "numpy": "arrays",
    "numba": "the fast CPU device",
    "h5py": "result files",
    "scipy": "hot spots",
    "pydantic": "case files",
    "PyYAML": "case files",
    "typer": "commands",
    "rich": "progress",
    "vtk": "3D pictures",
    "pyvista": "3D pictures",
    "matplotlib": "plans and diagrams",
    "jinja2": "reports",
}
NOT_NEEDED = {"numba": "the numpy device does without, slowly"}
LEAST_VTK = (9, 7)  # the first to read rectilinear grids from VTKHDF


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ok None: missing, but not needed here. cure: a command, "" when nothing is wrong."""

    name: str
    ok: bool | None
    says: str
    cure: str = ""


def examine() -> list[Finding]:
    """Look at everything; takes a second or two, most of it for the picture that is tried out."""
    return [_python(), *map(_package, PACKAGES), _vtk_version(), *_devices(), _opengl(), _window()]


def document(findings: list[Finding]) -> dict[str, Any]:
    """As `doctor --json` prints it."""
    bad = [f.name for f in findings if f.ok is False]
    return {"ok": not bad, "problems": bad, "findings": [asdict(f) for f in findings]}


def _python() -> Finding:
    return Finding("python", True, f"{platform.python_version()}, {os.cpu_count()} cores, {sys.prefix}")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, f"{metadata.version(name)} ({PACKAGES[name]})")
    except metadata.PackageNotFoundError:
        optional = NOT_NEEDED.get(name)
        says = f"not installed; needed for {PACKAGES[name]}" + (f"; {optional}" if optional else "")
        return Finding(name, None if optional else False, says, f"{sys.executable} -m pip install {name}")


def _vtk_version() -> Finding:
    try:
        version = metadata.version("vtk")
    except metadata.PackageNotFoundError:
        return Finding("vtkhdf", None, "vtk is not installed")
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VTK:
        cure = f"{sys.executable} -m pip install 'vtk>={'.'.join(map(str, LEAST_VTK))}'"
        return Finding("vtkhdf", False, f"vtk {version} cannot read our result files", cure)
    return Finding("vtkhdf", True, f"vtk {version} reads our result files (ParaView needs 6.2)")


def _devices() -> list[Finding]:
    from .. import device

    findings = [Finding("device numpy", True, "always there")]
    if "cpu" in device.found():
        findings.append(Finding("device cpu", True, "numba, on all cores"))
    else:
        cure = f"{sys.executable} -m pip install numba"
        findings.append(Finding("device cpu", None, "not here: numba is not installed", cure))
    return [*findings, _card(device.without_card())]


def _card(missing: str) -> Finding:
    """Device cuda, or what it lacks; without a driver no package cures that."""
    if not missing:
        return _tried()
    if not _driver():
        return Finding("device cuda", None, "not here: no NVIDIA driver")
    absent = "not installed" in missing or "do not load" in missing
    cure = f"{sys.executable} -m pip install 'minehall[gpu]'" if absent else "nvidia-smi"
    return Finding("device cuda", None, f"there is a driver, but {missing}", cure)


def _tried() -> Finding:
    """The card that is here, with a kernel compiled and run on it."""
    from .. import device

    try:
        return Finding("device cuda", True, f"{device.tried('cuda')}; a kernel was compiled and runs")
    except Exception as error:  # whatever a release of its libraries that we do not know raises
        says = f"there is a card, but {type(error).__name__}: {' '.join(str(error).split())}"
        return Finding(
            "device cuda", False, says, f"{sys.executable} -m pip install --upgrade 'minehall[gpu]'"
        )


def _driver() -> bool:
    return shutil.which("nvidia-smi") is not None or os.path.exists("/dev/nvidiactl")  # noqa: PTH110


def _opengl() -> Finding:
    try:
        window = gl.find_window()
    except gl.NoGL:
        return Finding("pictures", False, "VTK finds no OpenGL library it can draw with", gl.APT)
    how = f", by {gl.VARIABLE}={window.setting}" if window.setting else ""
    return Finding("pictures", True, f"{window.renderer} ({window.kind}{how})")


def _window() -> Finding:
    try:
        window = gl.find_window(off_screen=False)
    except gl.NoGL:
        says = "no display: `minehall view` cannot open a window, `minehall render` draws without"
        return Finding("window", None, says)
    return Finding("window", True, f"{window.renderer} on {os.environ.get('DISPLAY', 'a display')}")
