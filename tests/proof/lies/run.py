"""`focus.py proof --lies`: every lie that can be derived, told to those who could notice it."""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
from argparse import ArgumentTypeError
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from proof.lies import documents, files, frames
from proof.lies.derive import lies, measured_by
from proof.lies.lie import Channel, Lie
from proof.lies.survey import Survey, is_survey, merged, read_survey, table
from proof.lies.survivors import explained
from proof.lies.tellers import Whole
from proof.lies.workers import NEAR, WORKERS, Job, Told, survey_of, told
from proof.runs import PROJECT, Case, all_cases, cases_beside_others

from focus_engine.given import CommandParser

TABLES = {
    Channel.FRAME: frames.TABLES,
    Channel.DOCUMENT: documents.TABLES,
    Channel.FILE: files.TABLES,
}
RESULTS = PROJECT / "results" / "proof"
NOTICED_AT_LEAST = 0.98
WRITTEN_EVERY = 10  # lies


@dataclass(frozen=True)
class Judged:
    """What became of one lie: who noticed it, or what spoke without being a verdict.

    `times` counts what was said untrue: 0 where a change left every answer as it was.
    """

    lie: Lie
    noticed_by: str
    alarms: tuple[str, ...]
    cases: int
    times: int

    @property
    def told(self) -> bool:
        """Whether it counts: one that no case asks for does."""
        return self.times > 0 or not self.cases

    @property
    def survived(self) -> bool:
        return self.told and not self.lie.harmless and not self.noticed_by

    @property
    def false_alarm(self) -> bool:
        return self.lie.harmless and bool(self.alarms)


def look(tables: Collection[str] = (), workers: int = WORKERS) -> Survey:
    """What the cases (of these tables) ask; those that are red without a lie are said, left out."""
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases_beside_others():
        if not tables or case.table in tables:
            groups[case.table].append(case)
    seen = list(survey_of(list(groups.values()), workers))
    red = [o for _, outcomes in seen for o in outcomes if o.status == "FAIL"]
    for outcome in red:
        print(f"red without a lie, left out: {outcome.case}: {outcome.message[:300]}", flush=True)
    return merged(survey for survey, _ in seen).without({outcome.case for outcome in red})


def surveyed(kept: Path | None) -> Survey:
    """The survey in the file `kept`; made, and kept there, where there is none."""
    if kept and kept.exists():
        return read_survey(kept)
    survey = look()
    if kept:
        survey.write(kept)
    return survey


def cases_for(lie: Lie, survey: Survey) -> list[Case]:
    """The cases that could notice `lie`: of each table in turn one, first that asks little else."""
    if lie.channel is Channel.RULE:
        found = survey.breaking.get(f"{lie.place}, {lie.change} {lie.subject}", [])
    elif lie.change == Whole.LATE:
        found = [case for case in all_cases() if case.table == measured_by(lie.place)]
    elif lie.channel in TABLES:
        found = [case for name in TABLES[lie.channel] for case in survey.cases.get(table(name), [])]
    else:
        found = survey.cases.get(lie.place, [])
    asked = Counter(case for cases in survey.cases.values() for case in cases)
    tables: defaultdict[str, list[Case]] = defaultdict(list)
    for case in sorted(found, key=lambda each: asked[each]):
        tables[case.table].append(case)
    hearing = [case for turn in _in_turn(list(tables.values())) for case in turn]
    return hearing[:NEAR] if lie.harmless or explained(lie.id) else hearing


def _in_turn(lists: list[list[Case]]) -> Iterator[list[Case]]:
    for index in range(max(map(len, lists), default=0)):
        yield [each[index] for each in lists if index < len(each)]


def judge(chosen: Iterable[Lie], survey: Survey, workers: int = WORKERS) -> Iterator[Judged]:
    """Tell each lie to its cases; each as soon as it was heard."""
    jobs = [Job(lie, tuple(cases_for(lie, survey))) for lie in chosen]
    asked = [job for job in jobs if job.cases]
    yield from (_judged(job, Told([], 0)) for job in jobs if not job.cases)
    with tempfile.TemporaryDirectory(prefix="lies-") as folder:
        file = Path(folder) / "survey.json"
        survey.write(file)
        for job, heard in told(asked, file, workers):
            yield _judged(job, heard)


def _judged(job: Job, heard: Told) -> Judged:
    if job.lie is None:
        raise RuntimeError("nothing was told")
    red = [o for o in heard.outcomes if o.status == "FAIL"]
    noticing = (o for o in heard.outcomes if job.lie and job.lie.is_noticed_by(o))
    noticed = next((f"{o.case}: {o.message}" for o in noticing), "")
    said = tuple(f"{o.case}: {o.message}" for o in red)
    return Judged(job.lie, noticed, said, len(job.cases), heard.times)


def sample(all_lies: list[Lie], count: int, seed: str) -> list[Lie]:
    """`count` of the lies, drawn by `seed`: the same for the same commit."""
    drawn = random.Random(hashlib.sha256(seed.encode()).hexdigest())  # noqa: S311 - no secret
    return drawn.sample(all_lies, min(count, len(all_lies)))


def main(arguments: list[str]) -> int:
    """0 where enough is noticed, nothing harmless is red and every survivor is explained."""
    parser = CommandParser(prog="focus.py proof --lies", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--only", default="", help="lies whose name holds this text")
    parser.add_argument("--sample", type=_count, help="so many, drawn by the commit")
    parser.add_argument("--part", type=_part, default=(1, 1), help="the second of five is 2/5")
    parser.add_argument("--survey", type=_kept, help="what an honest run showed: kept here, reused")
    options = parser.parse_args(arguments)
    survey = surveyed(options.survey)
    chosen = [lie for lie in lies(survey) if options.only in lie.id]
    if options.sample:
        chosen = sample(chosen, options.sample, commit())
    part, parts = options.part
    chosen = chosen[part - 1 :: parts]
    if not chosen:
        parser.error(f"no lie is left to tell: none has '{options.only}' in its name and part.")
    print(f"{len(chosen)} lies and variations.", flush=True)
    judged = []
    for one in judge(chosen, survey):
        judged.append(one)
        if len(judged) % WRITTEN_EVERY == 0:  # whoever stops it keeps what was found
            write(judged, options.results)
        if one.survived or one.false_alarm:
            print(_line(one), flush=True)
    print(counted(judged))
    write(judged, options.results)
    return conclude(judged)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text[:9]):
        raise ArgumentTypeError(f"'{text[:20]}' is no number of lies: write 1 or more")
    return int(text[:9])


def _kept(text: str) -> Path:
    """A file that a survey is in, or will be; a folder or a device would never be read."""
    file = Path(text)
    if file.exists() and not is_survey(file):
        raise ArgumentTypeError(f"'{text[:80]}' holds no survey: name a file that is not there yet")
    return file


def _part(text: str) -> tuple[int, int]:
    part, parts = (int(number) for number in text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(text)
    return part, parts


def conclude(judged: Sequence[Judged]) -> int:
    lied = [one for one in judged if one.told and not one.lie.harmless]
    survived = [one.lie.id for one in lied if one.survived]
    alarms = [one for one in judged if one.false_alarm]
    unexplained = [lie for lie in survived if explained(lie) is None]
    share = noticed_share(judged)
    print(
        f"{len(lied)} lies: {share:.1%} noticed, {len(survived)} survived; "
        f"{len(alarms)} false alarms."
    )
    for lie in unexplained:
        print(f"- survived without a reason in survivors.yaml: {lie}")
    return 0 if share >= NOTICED_AT_LEAST and not alarms and not unexplained else 1


def counted(judged: Sequence[Judged]) -> str:
    """Noticed, survived and false alarms by kind."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in judged:
        counts[one.lie.kind][_verdict(one)] += 1
    width = max(map(len, counts), default=4)
    verdicts = ("right", "survived", "false alarm", "never told")
    lines = ["  ".join([f"{'kind':{width}}", *verdicts])]
    for kind, count in sorted(counts.items()):
        numbers = (f"{count[verdict]:{len(verdict)}}" for verdict in verdicts)
        lines.append("  ".join([f"{kind:{width}}", *numbers]))
    return "\n".join(lines)


def _verdict(one: Judged) -> str:
    if not one.told:
        return "never told"
    return "survived" if one.survived else "false alarm" if one.false_alarm else "right"


def write(judged: Sequence[Judged], folder: Path) -> None:
    """`lies.json`: each lie with what became of it; `summary.json`: what histories keep."""
    folder.mkdir(parents=True, exist_ok=True)
    told_of = [
        {
            "lie": one.lie.id,
            "kind": one.lie.kind,
            "became": _verdict(one),
            "noticed_by": one.noticed_by[:500],
            "alarms": len(one.alarms),
            "cases": one.cases,
        }
        for one in judged
    ]
    (folder / "lies.json").write_text(json.dumps(told_of, indent=1), encoding="utf-8")
    counts = Counter(_verdict(one) for one in judged)
    summary = {"kill_rate": noticed_share(judged), "lies": len(judged), **counts}
    (folder / "summary.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")


def noticed_share(judged: Sequence[Judged]) -> float:
    """The share of the lies that were told and noticed, 0 to 1."""
    lied = [one for one in judged if one.told and not one.lie.harmless]
    return sum(not one.survived for one in lied) / len(lied) if lied else 1.0


def _line(one: Judged) -> str:
    what = "FALSE ALARM" if one.false_alarm else "survived"
    said = f": {one.alarms[0][:300]}" if one.alarms else f" ({one.cases} cases)"
    return f"{what}: {one.lie.id}{said}"


def commit() -> str:
    """The hash of this commit; empty outside a checkout."""
    git = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
    return subprocess.run(git, check=False, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
