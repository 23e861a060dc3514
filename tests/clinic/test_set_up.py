"""What is in the way of setting up is said in one line."""

import os
import subprocess

import pytest

from tests.running import BASE

OLD = 'case "$1" in --version) echo "Python 3.9.2";; -c) exit 1;; esac'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac'


def set_up(folder, python):
    environ = {"PATH": os.defpath, "PYTHON": str(python)}
    done = subprocess.run(
        [BASE / "tools/set_up", "requirements.txt", "stamp"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def pretend_python(folder, script):
    file = folder / "python3"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_missing_python_is_said(tmp_path):
    wanted = "Python 3.11 or newer is needed: apt-get install python3 python3-venv"
    assert set_up(tmp_path, tmp_path / "none") == (1, [wanted])


def test_old_python_is_said(tmp_path):
    code, said = set_up(tmp_path, pretend_python(tmp_path, OLD))
    wanted = "Python 3.11 or newer is needed, Python 3.9.2 is here: name another with PYTHON=python3.11"
    assert (code, said) == (1, [wanted])


def test_missing_venv_module_is_said(tmp_path):
    code, said = set_up(tmp_path, pretend_python(tmp_path, WITHOUT_VENV))
    assert (code, said) == (1, ["Python's venv module is missing: apt-get install python3-venv"])


def test_packages_that_cannot_be_installed_are_said_and_leave_no_stamp(tmp_path):
    pip = tmp_path / ".venv" / "bin" / "python"
    pip.parent.mkdir(parents=True)
    pip.write_text('#!/bin/sh\n[ "$3" = --version ] && exit 0\necho "ERROR: no network"; exit 1\n')
    pip.chmod(0o755)
    code, said = set_up(tmp_path, pretend_python(tmp_path, "exit 0"))
    assert (code, said[1:]) == (
        1,
        ["The packages could not be installed (ERROR: no network); see .venv/pip.log"],
    )
    assert not (tmp_path / "stamp").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_one_may_not_write_in_is_said(tmp_path):
    tmp_path.chmod(0o500)
    code, said = set_up(tmp_path, "python3")
    assert (code, said) == (1, [f"Cannot write in {tmp_path}: copy the project to a folder of your own."])
