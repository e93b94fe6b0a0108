"""The samples, for every test of the writers."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from durability.model import ReportData

HERE = Path(__file__).resolve().parent
NAMES = ("demo", "empty", "production", "crashed")


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("output_samples", HERE / "samples.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert tuple(module.REPORTS) == NAMES
    return module


@pytest.fixture(params=NAMES)
def report(request: pytest.FixtureRequest, samples: ModuleType) -> ReportData:
    """Each sample in turn."""
    return samples.REPORTS[request.param]


@pytest.fixture(scope="session")
def demo(samples: ModuleType) -> ReportData:
    return samples.DEMO


@pytest.fixture(scope="session")
def sarif_schema() -> dict[str, object]:
    return json.loads((HERE.parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
