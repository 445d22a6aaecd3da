"""Recorded start logs: each mutation flips exactly the intended rule."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from focus_engine.checks.finding import verdict_of
from focus_engine.decoding import bounded_pattern
from focus_engine.pz.codes import PzCode
from focus_engine.pz.live.log_limits import AgreedLimits
from focus_engine.pz.live.log_scan import Scan, last_exception, scan_start
from focus_engine.pz.live.log_text import entries, read_lines
from focus_engine.pz.profile import load_profile
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ToolError, Verdict

TRANSCRIPTS = Path(__file__).with_name("transcripts")
CLEAN = (TRANSCRIPTS / "clean_start.txt").read_text(encoding="utf-8")
MONGO = (TRANSCRIPTS / "mongo_crash.txt").read_text(encoding="utf-8")
STARTED = datetime(2025, 12, 8, 9, 14, 2, tzinfo=UTC)
RULES = load_profile("example").log_rules()
TODAY = date(2026, 1, 1)
CLIENT = client_settings()
LIMITS = AgreedLimits.of(CLIENT, requirements())
MOST = CLIENT.Constraints.SensorsRange
STAMP = "2025-12-08T09:14:04.000000000Z "
SERVER = f"{STAMP}2025-12-08T09:14:04+0000 ERROR pz.focus_server "
INFO = SERVER.replace("ERROR", "INFO")
READY = "INFO:     Application startup complete."


def traceback(last: str) -> str:
    frames = '  File "/home/prisma/pz/main.py", line 3, in <module>\n    load()\n'
    block = f"Traceback (most recent call last):\n{frames}{last}\n"
    return "".join(f"{STAMP}{line}\n" for line in block.splitlines())


def chained(first: str, last: str) -> str:
    joint = f"{STAMP}\n{STAMP}During handling of the above exception, another exception occurred:\n"
    return f"{traceback(first)}{joint}{STAMP}\n{traceback(last)}"


def with_lines(lines: str) -> str:
    head, tail = CLEAN.split("\n", 2)[:2], CLEAN.split("\n", 2)[2]
    return "\n".join(head) + "\n" + lines + tail


def scanned(log: str, today: date = TODAY, *conditions: str) -> list[str]:
    found = scan_start(Scan(log, "pod/server", STARTED, conditions), RULES, LIMITS, today)
    return [item.code for item in found]


NO_PRR = SERVER + "Cannot configure job: Missing required fiber metadata fields: prr\n"
MUTATIONS = {
    "traceback of an unlisted exception": (with_lines(traceback("RuntimeError: no")), "LG001"),
    "traceback without a message": (with_lines(traceback("AssertionError")), "LG001"),
    "missing module": (
        with_lines(traceback("ModuleNotFoundError: No module named 'heatmaps.bridge'")),
        "LG002",
    ),
    "missing module in a line": (with_lines(SERVER + "No module named 'heatmaps'\n"), "LG002"),
    "missing module behind a chain": (
        with_lines(chained("ValueError: x", "ImportError: cannot import name 'a'")),
        "LG002",
    ),
    "missing key": (with_lines(traceback("KeyError: 'PRISMA_CONFIG'")), "LG003"),
    "missing key in a line": (with_lines(SERVER + "KeyError: 'broker'\n"), "LG003"),
    "broken YAML": (with_lines(traceback("yaml.scanner.ScannerError: mapping values")), "LG004"),
    "broken JSON": (
        with_lines(traceback("json.decoder.JSONDecodeError: Expecting value")),
        "LG004",
    ),
    "invalid value": (
        with_lines(traceback("pydantic_core.ValidationError: 1 validation error")),
        "LG005",
    ),
    "file named by an error": (
        with_lines(SERVER + "cannot use heatMapSummary.json of the site\n"),
        "LG006",
    ),
    "another error": (with_lines(SERVER + "queue is gone\n"), "LG010"),
    **{
        f"fallback: {text}": (with_lines(SERVER.replace("ERROR", level) + text + "\n"), "LG011")
        for level, text in (
            ("INFO", "site.yaml is not there, falling back to what is built in"),
            ("WARNING", "Fallback to default: highest_channel"),
            ("DEBUG", "using defaults for livefs_forwarder"),
            ("INFO", "the default is used for port"),
        )
    },
    **{
        f"not in force: {text}": (with_lines(SERVER.replace("ERROR", level) + text + "\n"), "LG012")
        for level, text in (
            ("WARNING", "parameter jobs.life_s of focus_server.yaml is ignored, 30 is in force"),
            ("INFO", "ignoring unknown key 'channel_max' of site.yaml"),
            ("WARNING", "option forwarder.queue is not supported any more"),
            ("DEBUG", "heatMapSummary.json is not used"),
        )
    },
    "file named by an error of another logger": (
        with_lines(SERVER.replace("pz.focus_server", "root") + "cannot read heatMapSummary.json\n"),
        "LG006",
    ),
    "error of the root logger": (
        with_lines(SERVER.replace("pz.focus_server", "root") + "no queue\n"),
        "LG010",
    ),
    **{
        f"limit: {text}": (with_lines(INFO + text + "\n"), "LG026")
        for text in (
            f"channels of a view are limited to {MOST + 278}",
            f"at most {MOST - 1:,} channels can be shown",
            f"max_channels={MOST + 1}",
            f"channel limit is {MOST + 1}",
            f"maximum number of channels is {MOST + 1}",
            f"max frequency set to {CLIENT.Constraints.FrequencyMax - 1} Hz",
            f"loaded SensorsRange: {MOST + 1}",
            f"SensorsRange is {MOST * 2}",
            f"frequencies must not be above {CLIENT.Constraints.FrequencyMax + 1} Hz",
            "nfft limit: 131072",
            f"the limit of windows is {CLIENT.Constraints.MaxWindows + 10}",
            f"rejected: 3000 channels exceed the limit of {MOST + 1}",
            f"refused configuration: 3000 channels, limited to {MOST + 278}",
            f"view 0: {MOST + 278} channels at the most",
            f"channels capped at {MOST + 278}",
            f"refused: above the channel limit ({MOST + 278})",
            f"a maximum of {MOST + 278} channels",
        )
    },
    **{
        f"told in passing: {text}": (with_lines(f"{stamp}{text}\n"), code)
        for stamp, text, code in (
            (INFO, "parameters loaded, errors: 2", "LG013"),
            (INFO, "data summary read with 1 error", "LG013"),
            (INFO, "recorder Poles has no module, skipped", "LG014"),
            (INFO, "9 of 10 recorders loaded", "LG016"),
            (INFO, "1 of 10 recorders are ready", "LG016"),
            (INFO, "loaded 0 of 3 modules", "LG016"),
            (INFO, "Skipping recorder WindFeatures", "LG014"),
            (STAMP, "Task exception was never retrieved", "LG015"),
        )
    },
    "an error of another logger": (
        with_lines(SERVER.replace("pz.focus_server", "pzpy.data_summary") + "unknown dtype\n"),
        "LG010",
    ),
    "an error in Python's form": (with_lines(f"{STAMP}ERROR:root:no recorder\n"), "LG010"),
    "an error of uvicorn": (with_lines(f"{STAMP}ERROR:    Exception in ASGI\n"), "LG010"),
    **{
        f"an error as {form}": (with_lines(f"{STAMP}{line}\n"), "LG010")
        for form, line in {
            "a bracket": "[ERROR] no queue",
            "JSON": '{"level": "error", "message": "no queue"}',
            "compact JSON": '{"levelname":"CRITICAL","message":"no queue"}',
            "a colour": "\x1b[31mERROR\x1b[0m pz.focus_server no queue",
            "a column": "ERROR| no queue",
        }.items()
    },
    "critical": (with_lines(SERVER.replace("ERROR", "CRITICAL") + "queue is gone\n"), "LG010"),
    "never ready": (CLEAN.replace(READY, "INFO:     Application startup"), "LG020"),
    "beginning is gone": (
        "\n".join(["2025-12-08T09:14:39.220371650Z INFO: later", *CLEAN.splitlines()[5:]]).replace(
            "09:14:05", "09:14:40"
        ),
        "LG021",
    ),
    "older than the container": (
        f"2025-12-08T09:13:02.118204311Z INFO: older\n{CLEAN}",
        "LG021",
    ),
    "empty": ("\n\n", "LG022"),
    "no stamps": (CLEAN.replace("2025-12-08T09:14:02.118204311Z ", ""), "LG024"),
    "no prr without its reason": (with_lines(NO_PRR), "LG010"),
}


def test_a_clean_start_shows_nothing() -> None:
    assert scanned(CLEAN) == []


@pytest.mark.parametrize(
    "text",
    [
        f"channels of a view are limited to {MOST}",
        f"rejected: channels 1 to {MOST + 1} exceed the limit of {MOST:,}",
        f"SensorsRange={MOST}, FrequencyMax={CLIENT.Constraints.FrequencyMax}",
        f"max_channels={MOST} max_frequency={CLIENT.Constraints.FrequencyMax}",
        "got configuration: channels=11..109 nfft=1024",
        "the queue of jobs is limited to 50 entries",
        "channels: above the limit, 3 were asked for",
        "10 of 10 recorders loaded",
        '{"level": "info", "message": "the level is error"}',
        "\x1b[32mno error\x1b[0m was seen",
        "loaded 3 of 3 modules",
        "19 of 19 recorders are ready, 2 of 5 views were asked for",
        "12 channels are read, jobs, limited to 50",
        f"refused configuration: 3000 channels, limited to {MOST}",
        "nfft is below the lower limit of 128",
        "2337 channels were read from the fibre, at most 4 retries",
        "2337 channels are ready, max_workers: 4",
        "highest_channel: 2337, max channel is 2337",
        "maximum of 874 was seen in channels 11 to 43",
        "minutes of channels: 15",
        "3 channels were started, retries are limited to 5",
        "channels are served by 3 streams and memory is limited to 512 MB",
        "max retries: 3; channels 1 to 99",
        "nfft plans cached: 12, limit of open files is 1024",
    ],
)
def test_agreed_limits_and_other_numbers_are_no_fault(text: str) -> None:
    assert scanned(with_lines(f"{INFO}{text}\n")) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_flips_exactly_its_rule(name: str) -> None:
    log, code = MUTATIONS[name]
    assert scanned(log) == [code]


def test_an_allowance_holds_only_under_its_condition_and_until_it_expires() -> None:
    assert scanned(with_lines(NO_PRR), TODAY, "waiting-for-fiber") == ["LG025"]
    late = date(2030, 1, 1)
    assert scanned(with_lines(NO_PRR), late, "waiting-for-fiber") == ["LG023", "LG025"]
    assert scanned(CLEAN, late) == ["LG023"]


def test_every_code_of_logs_is_produced() -> None:
    own = {code.id for code in PzCode if code.id.startswith("LG")}
    rules = {rule.id for rule in RULES.rules}
    assert {code for _, code in MUTATIONS.values()} | {"LG023", "LG025"} == own | rules


@pytest.mark.parametrize("name", ["never ready", "beginning is gone", "empty", "no stamps"])
def test_an_incomplete_log_is_never_a_pass_nor_a_fault(name: str) -> None:
    found = scan_start(Scan(MUTATIONS[name][0], "pod/server", STARTED), RULES, LIMITS, TODAY)
    assert verdict_of(found) is Verdict.UNDETERMINED


def test_the_server_clock_decides_not_the_runner() -> None:
    """startedAt has no fraction of a second; nothing else about time is assumed."""
    assert (
        scanned(CLEAN.replace("09:14:02.118204311Z INFO:     Started", "09:14:02Z INFO: S")) == []
    )


def test_a_traceback_is_one_entry_with_its_causes() -> None:
    lines = read_lines(chained("KeyError: 'a'", "ImportError: b") + f"{STAMP}INFO: after\n")
    found = list(entries(lines))
    assert [entry.text for entry in found] == ["ImportError: b", "INFO: after"]
    assert last_exception(MONGO).startswith("pymongo.errors.ServerSelectionTimeoutError: mongodb")


def test_a_crash_with_more_causes_than_python_nests() -> None:
    joint = f"{STAMP}The above exception was the direct cause of the following exception:\n"
    log = joint.join([traceback("KeyError: 'a'")] * 3000)
    (found,) = entries(read_lines(log))
    assert found.text == "KeyError: 'a'"


@pytest.mark.parametrize("stamp", ["2025-99-08T09:14:02Z", "0001-01-01T00:00:00+14:00"])
def test_a_stamp_that_is_no_time_is_text(stamp: str) -> None:
    (line,) = read_lines(f"{stamp} INFO: begins")
    assert line.stamp is None
    assert line.text.endswith("INFO: begins")


@pytest.mark.parametrize("kind", ["rules", "allow", "ready"])
def test_a_pattern_that_takes_too_long_is_a_fault_of_the_profile(kind: str, monkeypatch) -> None:
    monkeypatch.setattr(bounded_pattern, "LIMIT", 0.5)
    slow = r"^(INFO|(.+)+)+§$"
    items: list[object] = getattr(RULES, kind)
    first = slow if kind == "ready" else items[0].model_copy(update={"pattern": slow})
    rules = RULES.model_copy(update={kind: [first, *items[1:]]})
    with pytest.raises(ToolError, match="a pattern of the profile's log rules was not looked for"):
        scan_start(Scan(CLEAN, "pod/server", STARTED), rules, LIMITS, TODAY)


def test_a_secret_in_a_log_line_is_not_shown() -> None:
    line = SERVER + "cannot reach amqp://user:hunter2@rabbitmq/ password=hunter2\n"
    found = scan_start(Scan(with_lines(line), "pod/server", STARTED), RULES, LIMITS, TODAY)
    assert "hunter2" not in str(found)
