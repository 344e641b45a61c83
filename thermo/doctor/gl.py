"""Make sure VTK can draw before it is asked to: without GL libraries it ends the process with a segfault.

So drawing is tried once in a process of its own, with the kind of window chosen that needs no display.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from dataclasses import dataclass

VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
EGL, OSMESA = "vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow"
LIBRARIES = {EGL: ("libEGL.so.1",), OSMESA: ("libOSMesa.so.8", "libOSMesa.so.6")}
APT = "apt-get install --no-install-recommends libosmesa6 libx11-6"
APT_GPU = "apt-get install --no-install-recommends libegl1 libgl1-mesa-dri"
PROBE = """
from vtkmodules.vtkRenderingCore import vtkRenderWindow, vtkRenderer
import vtkmodules.vtkRenderingOpenGL2
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.AddRenderer(vtkRenderer())
window.Render()
lines = [l for l in window.ReportCapabilities().splitlines() if "renderer string" in l]
print(window.GetClassName(), "|", lines[0].split(":", 1)[1].strip() if lines else "unknown renderer")
"""


class NoGL(RuntimeError):
    """No way to draw in 3D on this machine; the message names the packages that cure it."""


@dataclass(frozen=True)
class Window:
    """A kind of render window that works here."""

    setting: str  # value for VTK_DEFAULT_OPENGL_WINDOW; "" = VTK's own choice
    kind: str  # VTK class that came up
    renderer: str  # what draws: a GPU, or llvmpipe on the CPU


def find_window(off_screen: bool = True) -> Window:
    """The first kind of window that draws, tried in a process of its own (0.5 to 1 s each).

    Raises NoGL when there is none, or no display for a window on screen.
    """
    for setting in candidates(dict(os.environ), off_screen):
        found = _probe(setting)
        if found:
            return found
    if not off_screen:
        raise NoGL(
            "no display to open a window on: connect with `ssh -X` or use a desktop, "
            "or make a picture instead with `minehall render RESULT --out FILE.png`"
        )
    raise NoGL(
        "VTK finds no OpenGL library it can draw with. Install one and try again:\n"
        f"  {APT}          (software, smallest)\n"
        f"  {APT_GPU}   (uses a GPU where there is one)"
    )


def ensure(off_screen: bool = True) -> Window:
    """Find a window and tell VTK to use it. Call before pyvista or vtk is imported. Raises NoGL."""
    window = find_window(off_screen)
    os.environ.pop(VARIABLE, None)
    if window.setting:
        os.environ[VARIABLE] = window.setting
    return window


def candidates(environment: dict[str, str], off_screen: bool) -> list[str]:
    """Settings to try in order: the user's own alone; else VTK's choice on a display, EGL, OSMesa.

    A window on screen needs a display, and no setting made for drawing without one.
    """
    own = environment.get(VARIABLE, "")
    display = [""] if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") else []
    if not off_screen:
        return [own] if display and own and own not in LIBRARIES else display
    if own:
        return [own]
    return display + [kind for kind in (EGL, OSMESA) if any(_loads(name) for name in LIBRARIES[kind])]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _probe(setting: str) -> Window | None:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if setting:
        environment[VARIABLE] = setting
    command = [sys.executable, "-c", PROBE]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    lines = [line for line in done.stdout.splitlines() if "|" in line]
    if done.returncode != 0 or not lines:
        return None
    kind, renderer = (part.strip() for part in lines[-1].split("|", 1))
    return Window(setting, kind, renderer)
