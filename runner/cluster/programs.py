"""The programs of the cluster: built from their Go modules once, kept by version."""

import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.cluster.plan import DEPLOY, cache
from runner.problem import ProblemError

GO = "FOCUS_GO"  # a Go command that is not on PATH
STRIPPED = "-s -w"
KUBERNETES = "k8s.io/kubernetes"
ETCD = "go.etcd.io/etcd/server/v3"
FERRETDB = "github.com/FerretDB/FerretDB"
TOXIPROXY = "github.com/Shopify/toxiproxy/v2"


@dataclass(frozen=True)
class Program:
    """One binary: its name, the version it is kept by, its package, and how it is made."""

    name: str
    version: str
    package: str
    make: Callable[["Program", Path], None]

    @property
    def path(self) -> Path:
        """Where it is once it is built."""
        return cache() / f"{self.name}-{self.version}" / self.name


@functools.cache
def versions() -> dict[str, str]:
    """What is built, by name."""
    found: dict[str, str] = json.loads((DEPLOY / "programs.json").read_text(encoding="utf-8"))
    return found


def programs() -> dict[str, Program]:
    """Every program by its name, in the order in which they are built."""
    kubernetes, ferretdb = versions()["kubernetes"], versions()["ferretdb"]
    router = "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
    found = [
        Program("etcd", versions()["etcd"], ETCD, _from_etcd),
        *(
            Program(name, kubernetes, f"{KUBERNETES}/cmd/{name}", _from_kubernetes)
            for name in ("kube-apiserver", "kube-controller-manager", "kube-proxy")
        ),
        Program("node", f"{kubernetes}-{_digest('node')}", "./node", _from_kubernetes),
        Program("kube-router", versions()["kube_router"], router, _install),
        Program("toxiproxy", versions()["toxiproxy"], f"{TOXIPROXY}/cmd/server", _install),
        Program("ferretdb", f"{ferretdb}-{_digest('ferretdb')}", "./ferretdb", _from_ferretdb),
    ]
    return {program.name: program for program in found}


def all_built() -> bool:
    """Whether nothing has to be built any more."""
    return all(program.path.exists() for program in programs().values())


def build_missing() -> None:
    """Build what is not there yet. Raises ProblemError with Go's last words."""
    missing = [program for program in programs().values() if not program.path.exists()]
    if missing:
        print(
            f"Building {len(missing)} programs into {cache()} (once; takes a while) …", flush=True
        )
    for program in missing:
        began = time.monotonic()
        folder = cache() / "build" / program.name
        folder.mkdir(parents=True, exist_ok=True)
        program.path.parent.mkdir(parents=True, exist_ok=True)
        program.make(program, folder)
        took = time.monotonic() - began
        print(f"  {program.name} {program.version}: {took:.0f} s", flush=True)


def go_command() -> str | None:
    """The Go command: FOCUS_GO, the one on PATH, or where Go's own installer puts it.

    Raises ProblemError, which does not quote it, for a FOCUS_GO that cannot be started.
    """
    given = os.environ.get(GO, "").strip()
    if given and shutil.which(given) is None:
        raise ProblemError(f"{GO} names no program that can be started. Let it name Go's `go`.")
    return given or shutil.which("go") or shutil.which("/usr/local/go/bin/go")


def _from_kubernetes(program: Program, folder: Path) -> None:
    """Kubernetes refuses `go install`: its go.mod leads to its own subfolders. Ours does not."""
    version = versions()["kubernetes"]
    _write_module(folder, KUBERNETES, version, _staging_replacements())
    major, minor = version.removeprefix("v").split(".")[:2]
    stamp = "k8s.io/component-base/version."
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    flags = " ".join([STRIPPED, *(f"-X {stamp}{name}={value}" for name, value in values.items())])
    _build(program, folder, flags)


def _from_etcd(program: Program, folder: Path) -> None:
    _write_module(folder, ETCD, versions()["etcd"], [])
    _build(program, folder, STRIPPED)


def _from_ferretdb(program: Program, folder: Path) -> None:
    _write_module(folder, FERRETDB, versions()["ferretdb"], [])
    _build(program, folder, STRIPPED)


def _write_module(folder: Path, module: str, version: str, replacements: list[str]) -> None:
    language = re.search(r"^go (\S+)$", _upstream_module(module, version), re.MULTILINE)
    lines = [
        "module focus-server-tests/cluster",
        f"go {language.group(1) if language else '1.24'}",
        f"require {module} {version}",
        *replacements,
    ]
    (folder / "go.mod").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def _staging_replacements() -> list[str]:
    """One line for each module that lives in a subfolder of Kubernetes and is published apart."""
    version = versions()["kubernetes"]
    upstream = _upstream_module(KUBERNETES, version)
    names = re.findall(r"^\s+(k8s\.io/\S+) => \./staging/", upstream, re.MULTILINE)
    published = version.replace("v1.", "v0.", 1)
    return [f"replace {name} => {name} {published}" for name in names]


def _upstream_module(module: str, version: str) -> str:
    answer = _go("mod", "download", "-json", f"{module}@{version}", folder=cache())
    return Path(json.loads(answer)["GoMod"]).read_text(encoding="utf-8")


def _build(program: Program, folder: Path, flags: str) -> None:
    fresh = folder / "fresh"
    if program.package.startswith("./"):  # ours
        shutil.copytree(DEPLOY / program.name, folder / program.name, dirs_exist_ok=True)
    _go("build", "-mod=mod", "-ldflags", flags, "-o", str(fresh), program.package, folder=folder)
    fresh.replace(program.path)


def _install(program: Program, folder: Path) -> None:
    target = f"{program.package}@{program.version}"
    _go("install", "-ldflags", STRIPPED, target, folder=folder, GOBIN=str(folder))
    (folder / program.package.rsplit("/", 1)[-1]).replace(program.path)


def _go(*words: str, folder: Path, **env: str) -> str:
    command = go_command()
    if command is None:
        raise ProblemError("there is no Go toolchain to build the cluster's programs with.")
    surroundings = {**os.environ, "GOFLAGS": "-buildvcs=false", **env}
    done = subprocess.run(
        ["nice", command, *words],
        cwd=folder,
        env=surroundings,
        check=False,
        text=True,
        capture_output=True,
    )
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise ProblemError(f"go {' '.join(words[:2])} failed; its last words: {last}")
    return done.stdout


def _digest(source: str) -> str:
    content = b"".join(path.read_bytes() for path in sorted((DEPLOY / source).glob("*.go")))
    return hashlib.sha256(content).hexdigest()[:12]
