"""The commands that look at results, and what the machine must have for them."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from synthetic_hall import hall

from thermo import cli, device, doctor, metrics
from thermo.doctor import gl
from thermo.result import write


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("out") / "synthetic.vtkhdf", metrics.add_metrics(hall(cell=0.6)))


@pytest.fixture
def dead_gl(monkeypatch):
    """VTK as it is without GL libraries: the process that draws dies of a segmentation fault."""
    monkeypatch.setattr(gl, "PROBE", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")


def test_render_without_gl_ends_with_code_6_and_the_cure(path, tmp_path, dead_gl, capfd):
    assert cli.run(["render", str(path), "--out", str(tmp_path / "a.png")]) == 6
    assert "apt-get install --no-install-recommends libosmesa6 libx11-6" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_view_without_a_display_ends_with_code_6(path, monkeypatch, capfd):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv(gl.VARIABLE, raising=False)
    assert cli.run(["view", str(path)]) == 6
    assert "no display" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["render", "none.vtkhdf", "--out", "a.png"], "no result file at none.vtkhdf"),
        (["render", "{path}", "--out", "a.jpg"], "ends in .png"),
        (["report", "{path}", "--out", "a.pdf"], "ends in .html"),
        (["report", "{folder}/none", "--out", "a.html"], "no result file"),
        (
            ["export", "{path}", "--format", "xml", "--out", "x"],
            "no export format 'xml'; there are: vtr, csv, json",
        ),
        (["export", __file__, "--out", "x"], "not a readable HDF5 file"),
    ],
)
def test_wrong_words_end_with_code_2(path, words, said, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.run([word.format(path=path, folder=path.parent) for word in words]) == 2
    assert said in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_export_prints_what_it_wrote(path, tmp_path, capfd):
    assert cli.run(["export", str(path.parent), "--format", "json", "--out", str(tmp_path)]) == 0
    assert capfd.readouterr().out.strip() == str(tmp_path / "synthetic.json")


def test_view_opens_and_closes_under_a_virtual_display(path, tmp_path):
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb")
    read, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(read) as numbers:
            display = f":{numbers.readline().strip()}"
        environment = {k: v for k, v in os.environ.items() if k != gl.VARIABLE} | {"DISPLAY": display}
        picture = tmp_path / "window.png"
        words = ["view", str(path), "--close-after", "1", "--screenshot", str(picture)]
        command = [sys.executable, "-m", "thermo", *words]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        server.terminate()
        server.wait()
    assert done.returncode == 0, done.stderr
    from matplotlib.image import imread

    assert imread(picture).std() > 0.05  # an empty white window has 0


# --- doctor --------------------------------------------------------------------------------------------------


def test_the_users_own_setting_is_tried_alone():
    assert gl.candidates({gl.VARIABLE: "vtkX", "DISPLAY": ":0"}, True) == ["vtkX"]
    assert gl.candidates({gl.VARIABLE: "vtkX", "DISPLAY": ":0"}, False) == ["vtkX"]
    assert gl.candidates({gl.VARIABLE: gl.EGL, "DISPLAY": ":0"}, False) == [
        ""
    ]  # EGL opens no window on screen


def test_a_display_is_tried_before_drawing_without(monkeypatch):
    monkeypatch.setattr(gl, "_loads", lambda library: library == "libOSMesa.so.8")
    assert gl.candidates({"DISPLAY": ":0"}, True) == ["", gl.OSMESA]
    assert gl.candidates({}, True) == [gl.OSMESA]
    assert gl.candidates({}, False) == []


def test_doctor_gives_the_command_that_cures(dead_gl, capfd):
    assert cli.run(["doctor", "--json"]) == 6
    document = json.loads(capfd.readouterr().out)
    assert document["problems"] == ["pictures"]
    assert next(f for f in document["findings"] if f["name"] == "pictures")["cure"] == gl.APT


def test_doctor_names_a_missing_package(monkeypatch):
    monkeypatch.setitem(doctor.PACKAGES, "no-such-package-of-minehall", "nothing")
    found = doctor._package("no-such-package-of-minehall")
    assert found.ok is False
    assert "pip install no-such-package-of-minehall" in found.cure


@pytest.mark.parametrize(
    ("driver", "missing", "says", "cure"),
    [
        (False, "no NVIDIA driver here", "no NVIDIA driver", ""),
        (True, "device cuda needs cupy-cuda13x, which is not installed", "not installed", "minehall[gpu]"),
        (True, "the NVIDIA driver is too old: it knows CUDA 12.4", "too old", "nvidia-smi"),
        (True, "", "a card, 5.0 GB free; a kernel was compiled and runs", ""),
    ],
)
def test_doctor_says_what_a_card_lacks(monkeypatch, driver, missing, says, cure):
    monkeypatch.setattr(doctor, "_driver", lambda: driver)
    monkeypatch.setattr(device, "tried", lambda name: "a card, 5.0 GB free")
    found = doctor._card(missing)
    assert (says in found.says, found.ok) == (True, None if missing else True)
    assert cure in found.cure
    assert bool(cure) == bool(found.cure)


def test_doctor_says_what_a_card_that_is_here_cannot_do(monkeypatch):
    def broken(name):
        raise AttributeError("no such thing\n in this release")

    monkeypatch.setattr(device, "tried", broken)
    found = doctor._card("")
    assert (found.ok, "pip install --upgrade" in found.cure) == (False, True)
    assert found.says == "there is a card, but AttributeError: no such thing in this release"


def test_numba_may_be_missing(monkeypatch):
    def missing(name):
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", missing)
    assert doctor._package("numba").ok is None
