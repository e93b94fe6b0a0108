"""What a rule sees of the program: typed views over facts, with context already known."""

from durability.program.sites.call import CallSite, Setting
from durability.program.sites.claim import ClaimSite
from durability.program.sites.function import EntrySite, FunctionSite, ParameterSite
from durability.program.sites.gap import GapSite
from durability.program.sites.handler import HandlerSite
from durability.program.sites.loop import LoopSite
from durability.program.sites.place import Loop, Site
from durability.program.sites.standin import StandInSite
from durability.program.sites.state import StateSite
from durability.program.sites.switch import FieldSite, SettingSite, SwitchSite
from durability.program.sites.whole import DistributionSite, ImpliedSite, ProjectSite, TextSite

__all__ = [
    "CallSite",
    "ClaimSite",
    "DistributionSite",
    "EntrySite",
    "FieldSite",
    "FunctionSite",
    "GapSite",
    "HandlerSite",
    "ImpliedSite",
    "Loop",
    "LoopSite",
    "ParameterSite",
    "ProjectSite",
    "Setting",
    "SettingSite",
    "Site",
    "StandInSite",
    "StateSite",
    "SwitchSite",
    "TextSite",
]
