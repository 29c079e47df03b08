"""Makes `.venv` from the lock file. Runs on a bare Python: standard library only.

    python3 scripts/environment.py

Every package, uv and the build backend among them, is held to the hashes in `requirements.lock`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)

UV = (str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON))
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
PACKAGES = ("--require-hashes", "--no-deps", "-r", str(LOCK))
PROJECT = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def main() -> None:
    check_python()
    make_venv()
    print(f"installing what {LOCK.name} names", file=sys.stderr)
    installer = UV if install_uv() and install(UV, *PACKAGES) else PIP
    if installer is PIP:
        print("uv could not; pip, which takes a minute or two, is asked instead", file=sys.stderr)
    if installer is PIP and not install(PIP, *PACKAGES):
        sys.exit("The packages could not be installed. Is a package index reachable? `pip config list` shows which.")
    if not install(installer, *PROJECT):
        sys.exit("The packages are installed, but the project itself could not be; the lines above say why.")


def check_python() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.version_info < OLDEST:
        sys.exit(
            f"Knowledger needs Python 3.11 or newer; this is {version} ({sys.executable}).\n"
            "    apt-get install python3.11 python3.11-venv\n"
            "then `make PYTHON=python3.11 …`."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(f"Python's venv module is missing.\n    apt-get install python{version}-venv   # or python3-venv")


def make_venv() -> None:
    if not works(PYTHON, "-c", f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"):
        print(f"making {VENV.name}", file=sys.stderr)
        run(sys.executable, "-m", "venv", "--clear", VENV)


def install_uv() -> bool:
    """From the lock file's own lines about it."""
    if works(VENV / "bin" / "uv", "--version") and installed_uv() in LOCK.read_text():
        return True
    requirement = VENV / "uv.lock"
    requirement.write_text(locked("uv"))
    return install(PIP, "--require-hashes", "--no-deps", "-r", str(requirement))


def installed_uv() -> str:
    shown = subprocess.run([VENV / "bin" / "uv", "--version"], capture_output=True, text=True, check=True).stdout
    return f"uv=={shown.split()[1]} "


def install(installer: "tuple[str, ...]", *what: str) -> bool:
    return works(*installer, *what, quiet=False)


def locked(name: str) -> str:
    """One package's lines of the lock file: the version and its hashes."""
    lines = LOCK.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "\n".join(line for line in lines[start:end] if "# via" not in line).rstrip(" \\") + "\n"


def works(*command: "str | Path", quiet: bool = True) -> bool:
    sink = subprocess.DEVNULL if quiet else None
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy", "UV_NO_PROGRESS": "1"}
    try:
        ended = subprocess.run(list(map(str, command)), stdout=sink, stderr=sink, env=environment, check=False)
    except OSError:
        return False
    return ended.returncode == 0


def run(*command: "str | Path") -> None:
    if not works(*command, quiet=False):
        sys.exit(f"This failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
