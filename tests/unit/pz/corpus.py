"""One valid set of files, and for every code a mutation that must produce it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from focus_engine.pz import checks, questions
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.external import run_checker
from focus_engine.pz.live.effects import effects_report
from focus_engine.pz.profile import PROFILES, Profile, load_profile
from focus_engine.pz.report import ProfileReport
from focus_engine.pz.words import Subject

HEATMAP = "files/after/heatMapSummary.json"
MODULES = "files/after/sv_modules.py"
PARAMETERS = "files/after/autocfg/parameters"
COMMON = f"{PARAMETERS}/common.yaml"
SITE = f"{PARAMETERS}/site.yaml"
SERVER = f"{PARAMETERS}/components/focus_server.yaml"
RECORDER = f"{PARAMETERS}/components/heatmaps_recorder.yaml"
PROFILE = "profile.yaml"
CHECKER = "checker.py"
Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Mutation:
    """`edit` changes a copy of the valid profile so that `code` must be reported."""

    code: str
    edit: Edit
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.code} {self.note}".strip()


def valid_profile(folder: Path) -> Path:
    """A copy of the example profile below `folder`."""
    copy = folder / "example"
    shutil.copytree(PROFILES / "example", copy)
    return copy


def profile_in(folder: Path) -> Profile:
    return load_profile("example", profiles=folder)


def all_reports(profile: Profile) -> list[ProfileReport]:
    """Every check of files, and those of the server that need nothing but an answer."""
    configuration = ProfileConfiguration(profile)
    return [
        checks.heatmap_report(configuration),
        checks.autocfg_report(configuration),
        checks.modules_report(configuration),
        checks.reverted_report(configuration),
        *(checks.baseline_report(configuration, subject) for subject in Subject),
        run_checker(configuration),
        effects_report(profile, configuration.effective, lambda _: {"highest_channel": 2337}),
        questions.parameter_report(
            configuration, "focus_server.site", "sandbox", origin="site.yaml"
        ),
    ]


def replace(file: str, old: str, new: str) -> Edit:
    """Replace the first `old` by `new`; an `old` that is not there is a mistake of the corpus."""

    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def prepend(file: str, content: bytes) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        path.write_bytes(content + path.read_bytes())

    return edit


def append(file: str, content: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8") + content, encoding="utf-8")

    return edit


def write(file: str, content: bytes) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return edit


def remove(file: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).unlink()

    return edit


def both(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for single in edits:
            single(folder)

    return edit


LIFE = "life_s: 50"
FIRST_PERIOD = '"period_s": 60'
READING = (
    Mutation("CF001", write(HEATMAP, b"")),
    Mutation("CF001", write(SITE, b"# only a comment\n"), "comments only"),
    Mutation("CF002", prepend(HEATMAP, b"\xef\xbb\xbf")),
    Mutation("CF002", prepend(COMMON, b"\xef\xbb\xbf"), "yaml"),
    Mutation("CF003", write(HEATMAP, '{"site": "Süd"}'.encode("latin-1"))),
    Mutation("CF003", write(HEATMAP, '{"version": 1}'.encode("utf-16")), "utf-16"),
    Mutation("CF004", replace(HEATMAP, "},", "}")),
    Mutation("CF004", replace(SERVER, LIFE, "life_s: [50"), "yaml"),
    Mutation("CF004", replace(MODULES, "SV_MODULES = [", "SV_MODULES = [["), "python"),
    Mutation("CF005", replace(HEATMAP, '"version": 5,', '"version": 5, "version": 5,')),
    Mutation("CF005", replace(SERVER, LIFE, "life_s: 50\n  life_s: 50"), "yaml"),
    Mutation("CF006", replace(HEATMAP, FIRST_PERIOD, '"period_s": NaN')),
    Mutation("CF006", replace(SERVER, LIFE, "life_s: .inf"), "yaml"),
    Mutation("CF007", replace(HEATMAP, "512.0", "1e999")),
    Mutation("CF007", replace(HEATMAP, '"version": 5', f'"version": {2**63}'), "integer"),
    Mutation("CF007", replace(SERVER, LIFE, f"life_s: {2**64}"), "yaml"),
    Mutation("CF008", append(HEATMAP, "{}\n")),
    Mutation("CF009", replace(COMMON, "${BROKER_HOST}", "${NOWHERE}")),
    *(
        Mutation("CF009", replace(COMMON, "${BROKER_HOST}", f'"{text}"'), f"begun: {text}")
        for text in ("${BROKER_HOST", "${}", "${BROKER_HOST ", "${BROKER-HOST}", "a${b${SITE}")
    ),
    Mutation("CF009", replace(HEATMAP, "${BROKER_HOST}", "${NOWHERE}"), "json"),
    Mutation("CF029", write(HEATMAP, b" " * 8_000_001)),
    Mutation("CF030", append(SERVER, "---\nmodule: focus_server.main\n")),
    Mutation("CF031", replace(SERVER, LIFE, "life_s: !seconds 50")),
    Mutation("CF031", replace(SERVER, LIFE, "life_s: !!python/name:os.system"), "python"),
    Mutation("CF032", replace(SERVER, "enabled: false", "enabled: no")),
    Mutation("CF033", replace(SERVER, LIFE, "life_s: 050"), "octal"),
    Mutation("CF033", replace(SERVER, LIFE, "life_s: 1e3"), "exponent"),
    Mutation("CF033", replace(SERVER, LIFE, "life_s: 1_000"), "underscore"),
    Mutation("CF034", replace(SERVER, LIFE, "life_s: 12:30:45"), "sexagesimal"),
    Mutation("CF034", replace(SERVER, LIFE, "life_s: 2025-12-01"), "date"),
    Mutation("CF035", append(SERVER, "7: seven\n")),
    Mutation("CF036", replace(HEATMAP, '"version": 5', '"version": ' + "[" * 99 + "]" * 99)),
    Mutation("CF036", replace(SERVER, LIFE, "life_s: " + "[" * 99 + "]" * 99), "yaml"),
    Mutation("CF037", append(SERVER, "loop: &loop\n  again: *loop\n")),
    Mutation("CF038", prepend(SERVER, b"%YAML 1.1\n---\n")),
    Mutation("CF039", remove(HEATMAP)),
    Mutation("CF039", remove(MODULES), "modules"),
)
SCHEMA = (
    Mutation("CF010", replace(HEATMAP, '"enabled": true,', "")),
    Mutation("CF010", replace(SERVER, "  launcher: k8s\n", ""), "autocfg"),
    Mutation("CF011", replace(HEATMAP, FIRST_PERIOD, '"period_s": 60, "perod_s": 60')),
    Mutation("CF011", append(SERVER, "unheard_of: 1\n"), "autocfg"),
    Mutation("CF012", replace(HEATMAP, FIRST_PERIOD, '"period_s": "60"')),
    Mutation("CF012", replace(HEATMAP, FIRST_PERIOD, '"period_s": true'), "boolean"),
    Mutation("CF013", replace(HEATMAP, FIRST_PERIOD, '"period_s": 60.0')),
    Mutation("CF014", replace(HEATMAP, '"dtype": "float32"', '"dtype": "float64"')),
    Mutation("CF015", replace(HEATMAP, FIRST_PERIOD, '"period_s": 0')),
    Mutation("CF016", replace(HEATMAP, '"downsample": [\n      1,', '"downsample": [')),
    Mutation("CF017", replace(HEATMAP, '"type": "Poles"', '"type": "poles"')),
    Mutation(
        "CF018",
        both(
            replace(HEATMAP, FIRST_PERIOD, '"period_s": 1'),
            replace(HEATMAP, '"retention_days": 30', '"retention_days": 3650'),
        ),
    ),
)
LIVEFS = "forwarders.livefs"
FIRST_MODULE = '"module": "heatmaps.recorder"'
MODULE_LIST = (
    Mutation("CF020", replace(SERVER, LIVEFS, "forwarders.livefs_adaptive")),
    Mutation("CF020", replace(MODULES, f'    "{LIVEFS}",\n', ""), "not needed before"),
    Mutation("CF021", replace(HEATMAP, FIRST_MODULE, '"module": "heatmaps.recorde"')),
    Mutation("CF022", replace(MODULES, "]", '    "segy.recorder",\n]')),
    Mutation("CF023", replace(MODULES, "]", f'    "{LIVEFS}",\n]')),
    *(
        Mutation("CF024", append(MODULES, text), f"bound by {name}")
        for name, text in {
            "globals": 'globals()["SV_MODULES"] = []\n',
            "a module's attribute": "import sys\nsys.modules[__name__].SV_MODULES = []\n",
            "exec": 'exec("SV_MODULES = []")\n',
            "a function": "def SV_MODULES(): ...\n",
            "a class": "class SV_MODULES: ...\n",
            "an import": "from others import modules as SV_MODULES\n",
            "an import of all": "from others import *\n",
            "a package": "import SV_MODULES.more\n",
            "a handler": "try: ...\nexcept OSError as SV_MODULES: ...\n",
            "a pattern": "match []:\n    case [*SV_MODULES]: ...\n",
            "a pattern of a mapping": "match {}:\n    case {**SV_MODULES}: ...\n",
            "a loop": "for SV_MODULES in ([],): ...\n",
            "another function": "def more():\n    global SV_MODULES\nmore()\n",
        }.items()
    ),
    Mutation("CF024", append(MODULES, "SV_MODULES += more()\n")),
    Mutation("CF024", append(MODULES, "SV_MODULES.remove('x')\n"), "method"),
    Mutation("CF024", replace(MODULES, "]", "    *others,\n]"), "starred"),
    Mutation("CF025", replace(MODULES, "SV_MODULES", "MODULES")),
    Mutation("CF027", write(MODULES, b"SV_MODULES = [")),
    Mutation("CF026", replace(PROFILE, "$.**.module", "$.**.modul")),
)
CONTENT = (
    Mutation("CF040", replace(HEATMAP, '"version": 5', '"version": 5, "compression": {}')),
    Mutation("CF041", replace(HEATMAP, '"type": "Poles"', '"type": "Pole"')),
    Mutation("CF042", replace(HEATMAP, '"type": "Poles"', '"type": "Poless"')),
    Mutation("CF043", replace(HEATMAP, '"smart_recorder.heatMaps"', '"elsewhere"')),
    Mutation("CF044", replace(HEATMAP, "recorder_FreqSpan", "recorder_Poles")),
    Mutation("CF045", replace(RECORDER, "summary_file:", "summary:")),
    Mutation("AC001", replace(SITE, "common.yaml", "comon.yaml")),
    Mutation("AC002", replace(COMMON, "broker:", "parent_config: site.yaml\nbroker:")),
    Mutation("AC003", replace(SITE, "common.yaml", "../../heatMapSummary.json")),
    Mutation("AC003", replace(SITE, "common.yaml", "/etc/passwd"), "absolute"),
    Mutation("AC004", write(SITE, b"- a\n- list\n")),
    Mutation("AC005", replace(SERVER, "logging:\n  level: DEBUG", "logging: DEBUG")),
    Mutation("AC006", replace(SITE, "common.yaml", "[common.yaml]")),
    Mutation("AC009", append(SERVER, "site: sandbox\n")),
    Mutation("AC010", replace(SITE, "2337", "2336")),
)
SERVICE_TWICE = replace(HEATMAP, "heatmaps_recorder_FreqSpan", "heatmaps_recorder_DefaultChannel")
DIFFERENCES = (
    Mutation("DF001", append(SERVER, "new_key: 1\n")),
    Mutation("DF002", replace(SERVER, "  max_windows: 30\n", "")),
    Mutation("DF003", replace(SERVER, LIFE, "life_s: 50.0"), "integer to float"),
    Mutation("DF003", replace(SERVER, LIFE, "life_s: true"), "integer to boolean"),
    Mutation("DF004", replace(SERVER, LIFE, "life_s: 51")),
    Mutation(
        "DF005",
        both(
            replace(HEATMAP, '"type": "DefaultChannel"', '"type": "Swap"'),
            replace(HEATMAP, '"type": "FreqSpan"', '"type": "DefaultChannel"'),
            replace(HEATMAP, '"type": "Swap"', '"type": "FreqSpan"'),
        ),
        "keyed list",
    ),
    Mutation("DF005", replace(HEATMAP, "1,\n      4", "4,\n      1"), "plain list"),
    Mutation("DF006", replace(HEATMAP, "1,\n      4", "1,\n      4,\n      4")),
    Mutation("DF007", replace(SERVER, "max_windows", "maxWindows"), "spelling"),
    Mutation("DF007", replace(SERVER, "max_windows", "max_window"), "similar name, same value"),
    Mutation("DF010", remove("baselines/autocfg.json")),
    Mutation("EX001", SERVICE_TWICE),
    Mutation("EX002", both(SERVICE_TWICE, replace(CHECKER, "print(", "str("))),
)
MUTATIONS = (*READING, *SCHEMA, *MODULE_LIST, *CONTENT, *DIFFERENCES)
