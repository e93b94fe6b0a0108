"""A rule that raises is said loudly and costs its lens the score, not the others their findings."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "support_desk"
PACK = '''
from durability.api import CallSite, Story, Verdict, calls, rule

@rule(lens="time", severity="low", confidence="high", story=Story("A.", "B.", "c"), sites=calls(effect="http"), examples=[], action="Mend it")
def falls_over(call: CallSite) -> Verdict:
    """It falls over."""
    raise RuntimeError("on purpose")

def rules():
    return [falls_over]
'''


def test_the_scan_prints_everything_and_exits_2(tmp_path):
    (tmp_path / "falling_pack.py").write_text(PACK, "utf-8")
    info = tmp_path / "falling_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: falling-pack\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[durability.rules]\nfalling = falling_pack:rules\n", "utf-8")
    command = [sys.executable, "-m", "durability", str(EXAMPLE), "--pack", "falling", "--output-format", "json"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    report = msgspec.json.decode(done.stdout)
    assert done.returncode == 2
    assert [failure["rule"] for failure in report["coverage"]["rules_failed"]] == ["falls-over"]
    assert "on purpose" in report["coverage"]["rules_failed"][0]["error"]
    assert report["score"] is None
    assert report["no_score_reason"]
    assert report["findings"]
    assert b"Traceback" not in done.stderr
