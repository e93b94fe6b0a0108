"""The scan: from a project root to a report."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from durability import __version__
from durability.config import Config, Product
from durability.engine.accepted import accept
from durability.engine.bandit import bandit_findings, bandit_rules
from durability.engine.contradictions import Contradiction, contradiction_findings, contradictions, strictest
from durability.engine.describe import describe, kind_of
from durability.engine.features import feature_rows, match_features
from durability.engine.findings import findings_of, order
from durability.engine.judge import Judge
from durability.engine.linking import link
from durability.engine.pack import load_rules
from durability.engine.questions import questions_of, unanswered
from durability.engine.rules import Rule
from durability.engine.source import Analysed, analyse_text
from durability.engine.stakes import stakes_of
from durability.engine.suppressions import Suppressions, suppression_findings
from durability.engine.workers import analyse_all, uncollected
from durability.errors import UsageError
from durability.model import Coverage, FailedRule, JudgedSite, ReportData, RuleInfo, SiteRow, SkippedFile, Stake, Tool
from durability.program.context import Context, View
from durability.program.sequences.untraced import untraced
from durability.score import MODEL_VERSION, STAKES_UNTRACED, Evidence, Scored, Unclear, evaluate
from durability.score import Context as Declared
from durability.sources.files import discover
from durability.sources.model import Discovery, SourceFile
from durability.sources.notebooks import locate
from durability.sources.project import Manifests, read_manifests

Progress = Callable[[str, int, int], None]


class ScanOptions(Struct, frozen=True):
    """How to scan. `workers` 0 lets the engine choose; `today` (ISO date) decides which accepted risks have expired."""

    config: Config
    packs: tuple[str, ...] = ()
    sites: bool = False
    workers: int = 0
    today: str = ""
    progress: Progress | None = None


class Placed(Struct, frozen=True):
    """Where the analysed files stand: the project's name, its manifests, and how much of it there is."""

    name: str
    manifests: Manifests
    view: View


class _Judged(Struct, frozen=True):
    """What the program phase found."""

    context: Context
    sites: tuple[JudgedSite, ...]
    failed: tuple[FailedRule, ...]
    suppressions: Suppressions


def scan_project(root: Path, options: ScanOptions) -> ReportData:
    """Scan the project at `root` and report on it.

    Raises UsageError when there is no Python file to scan, no rule to apply, or a setting is wrong.
    """
    rules = load_rules((*options.config.packs, *options.packs))
    discovery = discover(root, exclude=options.config.exclude)
    if not discovery.files:
        raise UsageError(f"no Python files at {root}: give the folder that holds the prototype")
    with uncollected():
        analysed = analyse_all(discovery.files, options.workers, options.progress)
        manifests = read_manifests(root, [*discovery.python_names, *discovery.manifests])
        place = Placed(root.resolve().name or "project", manifests, _view(root, manifests))
        return report_on(place, discovery, analysed, rules, options)


def scan_text(text: str, filename: str) -> ReportData:
    """Scan one text as if it were a file called `filename` in a project of its own."""
    file = SourceFile(filename, filename, "first-party", filename.endswith(".ipynb"))
    discovery = Discovery(files=(file,), skipped=(), other_languages={}, python_names=(filename,))
    place = Placed(Path(filename).stem, Manifests(), "text")
    return report_on(place, discovery, [analyse_text(text, file)], load_rules(), ScanOptions(Config()))


def report_on(
    place: Placed, discovery: Discovery, analysed: Sequence[Analysed], rules: Sequence[Rule], options: ScanOptions
) -> ReportData:
    """The report on files that were analysed."""
    judged = _judge(place, discovery, analysed, rules, options)
    infos = {rule.name: rule.info for rule in rules}
    coverage = _coverage(discovery, analysed, judged)
    scored = _score(judged, infos, analysed, discovery, coverage, options)
    features = match_features(options.config.feature, judged.context)
    lost = 100.0 - scored.score.value if scored.score is not None else 0.0
    findings = [
        *findings_of(judged.sites, infos, scored.points, features.of),
        *bandit_findings(analysed, judged.context, judged.sites),
        *contradiction_findings(_contradicted(judged, options)),
        *suppression_findings(judged.suppressions, infos, analysed, bandit_rules()),
    ]
    project = describe(place.name, judged.context, analysed, discovery)
    owned = {site.fingerprint for site in judged.sites if site.accepted}
    accepted = tuple(finding for finding in findings if finding.fingerprint in owned)
    return ReportData(
        schema_version=1,
        tool=Tool("durability", __version__, MODEL_VERSION, len(rules)),
        project=project,
        score=scored.score,
        no_score_reason=scored.no_score_reason if scored.score is None else "",
        level=scored.level,
        blockers=scored.blockers,
        findings=tuple(sorted((item for item in findings if item not in accepted), key=order)),
        modes=scored.modes,
        features=feature_rows(features, judged.sites, scored.points, lost, judged.context),
        plan=scored.plan,
        questions=questions_of(judged.context, project.stakes, options.config.answer, options.today),
        coverage=coverage,
        accepted=accepted,
        rules=tuple(rule.info for rule in rules),
        sites=_site_rows(judged.sites) if options.sites else None,
    )


def _judge(
    place: Placed, discovery: Discovery, analysed: Sequence[Analysed], rules: Sequence[Rule], options: ScanOptions
) -> _Judged:
    facts = {item.path: item.facts for item in analysed if item.facts is not None}
    roles = {file.path: file.role for file in discovery.files}
    context = link(facts, roles, place.manifests, place.view)
    cells = {item.path: item.cells for item in analysed if item.cells}
    suppressions = Suppressions(facts)

    def shown(path: str, line: int) -> tuple[int | None, int]:
        return locate(cells[path], line) if path in cells else (None, line)

    sites, failed = Judge(context, shown, suppressions).run(rules)
    return _Judged(context, accept(sites, options.config.accept, options.today), tuple(failed), suppressions)


def _view(root: Path, manifests: Manifests) -> View:
    """An unpacked distribution leaves tests, locks and build services behind, so nothing is said about them."""
    return "released" if not manifests.files and any(root.glob("*.dist-info/METADATA")) else "project"


def _score(
    judged: _Judged,
    infos: Mapping[str, RuleInfo],
    analysed: Sequence[Analysed],
    discovery: Discovery,
    coverage: Coverage,
    options: ScanOptions,
) -> Scored:
    first_party = {file.path for file in discovery.files if file.role == "first-party"}
    stakes = stakes_of(judged.context)
    weights = unit_weights(judged.context)
    units = tuple(
        replace(unit, reach=weights.get((unit.path, unit.line), 1.0))
        for item in analysed
        if item.path in first_party
        for unit in item.units
    )
    return evaluate(
        Evidence(
            sites=judged.sites,
            rules=infos,
            units=units,
            unreadable=tuple(
                (item.path, item.statements) for item in analysed if item.facts is None and item.path in first_party
            ),
            statements=sum(item.statements for item in analysed if item.path in first_party),
            failed_lenses=frozenset(infos[failure.rule].lens for failure in coverage.rules_failed),
            stakes=stakes,
            unclear=_unclear(judged.context, stakes, options),
            kind=kind_of(judged.context),
            other_language_share=_other_share(discovery, analysed),
            unresolved_calls=_unresolved(coverage),
            failed_rules=tuple(failure.rule for failure in coverage.rules_failed),
            unmeasured=tuple((i.path, i.statements) for i in analysed if i.metrics_problem and i.path in first_party),
            context=_declared(strictest(options.config.product, _contradicted(judged, options))),
            scored_packs=frozenset(options.config.scored_packs),
        )
    )


def _unclear(context: Context, stakes: tuple[Stake, ...], options: ScanOptions) -> tuple[Unclear, ...]:
    """What on paths with stakes could not be followed, and what nobody has decided."""
    entries = frozenset(entry for stake in stakes for entry in stake.entry_points)
    found = [Unclear("stakes", path, line, STAKES_UNTRACED) for path, line in untraced(context, entries)]
    for question in unanswered(context, stakes, options.config.answer, options.today):
        place = question.because[0]
        found.append(Unclear("question", place.path, place.line, f"Nobody has decided yet: {question.asks}"))
    return tuple(found)


def unit_weights(context: Context) -> dict[tuple[str, int], float]:
    """The reach of each function by path and first line."""
    return {
        (key[0], context.program.function(key).span[0]): context.reach.of(key).weight
        for key in context.program.functions()
        if key[1]
    }


def _coverage(discovery: Discovery, analysed: Sequence[Analysed], judged: _Judged) -> Coverage:
    unread = [SkippedFile(item.path, item.problem) for item in analysed if item.facts is None]
    passed_over = [SkippedFile(item.path, item.reason) for item in discovery.skipped]
    return Coverage(
        files_analysed=sum(1 for item in analysed if item.facts is not None),
        files_skipped=tuple(sorted([*unread, *passed_over], key=lambda item: (item.path, item.reason))),
        calls=judged.context.program.counts(),
        maybe_sites=judged.context.maybe_sites(),
        other_languages=dict(sorted(discovery.other_languages.items())),
        rules_failed=judged.failed,
        metrics_missing=tuple(
            SkippedFile(item.path, item.metrics_problem) for item in analysed if item.metrics_problem
        ),
        bandit_silenced=sum(item.silenced for item in analysed),
    )


def _other_share(discovery: Discovery, analysed: Sequence[Analysed]) -> float:
    python = sum(item.facts.lines for item in analysed if item.facts is not None)
    other = sum(discovery.other_languages.values())
    return other / (python + other) if other else 0.0


def _unresolved(coverage: Coverage) -> float:
    calls = coverage.calls
    total = calls.project + calls.library + calls.other_library + calls.unresolved
    return calls.unresolved / total if total else 0.0


def _contradicted(judged: _Judged, options: ScanOptions) -> tuple[Contradiction, ...]:
    return contradictions(options.config.product, judged.context, stakes_of(judged.context))


def _declared(product: Product | None) -> Declared:
    if product is None:
        return Declared()
    return Declared(product.users, product.data, product.peak_requests_per_minute, product.lifetime)


def _site_rows(sites: Sequence[JudgedSite]) -> tuple[SiteRow, ...]:
    return tuple(SiteRow(s.rule, s.place.path, s.place.line, s.outcome, s.fingerprint) for s in sites)
