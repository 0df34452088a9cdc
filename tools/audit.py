"""What the pinned packages bring along: licences, a bill of materials, known vulnerabilities.

Run: make audit. Writes dist/sbom.cdx.json (CycloneDX 1.6) from requirements.txt and the installed packages' metadata.
Status 1: something has a known vulnerability; 2: nobody could be asked.
"""

import importlib.metadata
import itertools
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS, BILL = ROOT / "requirements.txt", ROOT / "dist" / "sbom.cdx.json"
UNASKED = 2
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_PERMISSIVE = re.compile(r"Apache|BSD|MIT|ISC|PSF|Python Software|0BSD|Zlib|CC0|HPND|Unlicense", re.IGNORECASE)
_RESTRICTED = re.compile(r"GPL|MPL|Mozilla|EUPL|CDDL|proprietary", re.IGNORECASE)


class Package(NamedTuple):
    """A pinned package: its files' SHA-256, and its licence as its author names it ("" if it is not installed here)."""

    name: str
    version: str
    hashes: list[str]
    licence: str

    @property
    def needs_a_look(self) -> bool:
        """Whether its licence asks for more than to be named."""
        return bool(_RESTRICTED.search(self.licence)) or not _PERMISSIVE.search(self.licence)


def pinned(text: str) -> list[Package]:
    """The packages of a requirements file."""
    starts = [*(match.start() for match in _PIN.finditer(text)), len(text)]
    parts = [text[a:b] for a, b in itertools.pairwise(starts)]
    return [Package(*_PIN.match(part).groups(), _HASH.findall(part), licence(_PIN.match(part)[1])) for part in parts]


def licence(name: str) -> str:
    """What a package's metadata says: its expression, else its classifiers, else the first line of its text."""
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classified = [one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier") or () if "License ::" in one]
    free = (metadata.get("License") or "").strip().partition("\n")[0]
    return metadata.get("License-Expression") or ", ".join(classified) or free


def bill(packages: list[Package], *, version: str) -> dict[str, Any]:
    """A CycloneDX bill of materials; the same packages give the same bill."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{one.name}@{one.version}",
            "name": one.name,
            "version": one.version,
            "purl": f"pkg:pypi/{one.name}@{one.version}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.hashes],
            **({"licenses": [{"license": {"name": one.licence}}]} if one.licence else {}),
        }
        for one in packages
    ]
    own = {"type": "application", "bom-ref": "phoenix-explorer", "name": "phoenix-explorer", "version": version}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": own},
        "components": components,
        "dependencies": [{"ref": "phoenix-explorer", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def vulnerabilities() -> int:
    """Asks for known vulnerabilities; returns the exit status."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    run = subprocess.run([*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if run.returncode == 0 or re.search(r"Found \d+ known vulnerabilit", run.stdout + run.stderr):
        sys.stdout.write(run.stdout + run.stderr)
        return run.returncode
    reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
    sys.stdout.write(f"NOT AUDITED: nobody could be asked for known vulnerabilities ({reason[:300]}).\n")
    return UNASKED


def main() -> int:
    """Everything; returns the exit status."""
    packages = pinned(REQUIREMENTS.read_text(encoding="utf-8"))
    table = Table("package", "version", "licence", "")
    for one in packages:
        table.add_row(one.name, one.version, one.licence or "not installed here", "look" if one.needs_a_look else "")
    Console().print(table)
    BILL.parent.mkdir(exist_ok=True)
    made = bill(packages, version=importlib.metadata.version("phoenix-explorer"))
    BILL.write_text(json.dumps(made, indent=1), encoding="utf-8")
    sys.stdout.write(f"{len(packages)} packages in {BILL.relative_to(ROOT)}\n")
    return vulnerabilities()


if __name__ == "__main__":
    sys.exit(main())
