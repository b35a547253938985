"""Writes one wheel: wheel.py PRESET. Same input, same bytes: the entries have a fixed time."""

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = {
    "static": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "static-arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
}


def version():
    return re.search(r"project\(wring VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


def entries(preset, number, tags):
    package = ROOT / "py" / "wring"
    for source in sorted(package.glob("*.py")):
        yield f"wring/{source.name}", source.read_bytes(), 0o644
    yield "wring/bin/wring", (ROOT / f"build-{preset}" / "wring").read_bytes(), 0o755
    info = f"wring-{number}.dist-info"
    readme = (ROOT / "py" / "README.md").read_text()
    metadata = (
        f"Metadata-Version: 2.1\nName: wring\nVersion: {number}\n"
        "Summary: WebAssembly optimizer, size shrinker and bloat auditor\nLicense: Apache-2.0\n"
        f"Requires-Python: >=3.9\nDescription-Content-Type: text/markdown\n\n{readme}"
    )
    wheel = "Wheel-Version: 1.0\nGenerator: wring\nRoot-Is-Purelib: false\n" + "".join(f"Tag: {tag}\n" for tag in tags)
    yield f"{info}/METADATA", metadata.encode(), 0o644
    yield f"{info}/WHEEL", wheel.encode(), 0o644
    yield f"{info}/entry_points.txt", b"[console_scripts]\nwring = wring.__main__:main\n", 0o644
    yield f"{info}/LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644


def write(archive, name, data, mode):
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def main(preset):
    number, platform = version(), PLATFORMS[preset]
    tags = [f"py3-none-{part}" for part in platform.split(".")]
    folder = ROOT / "build-py"
    folder.mkdir(exist_ok=True)
    path = folder / f"wring-{number}-py3-none-{platform}.whl"
    record = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, data, mode in entries(preset, number, tags):
            write(archive, name, data, mode)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}\n")
        own = f"wring-{number}.dist-info/RECORD"
        write(archive, own, "".join([*record, f"{own},,\n"]).encode(), 0o644)
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1])
