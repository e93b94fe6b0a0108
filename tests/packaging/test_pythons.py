"""Every supported Python installs the wheel, with the pip it brings, and finds the same rules."""

import subprocess

import pytest


@pytest.mark.needs_pythons
def test_the_wheel_installs_and_finds_the_same_rules(python, built, plain, rules, tmp_path):
    environment = tmp_path / "environment"
    subprocess.run([python, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "pip", "install", "-q", built.wheel], check=True, capture_output=True)
    assert rules(environment / "bin") == rules(plain)
