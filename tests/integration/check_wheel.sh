#!/bin/sh
# Build the wheel and the source distribution, and use both the way a stranger would: a fresh environment, a folder that is not the tree.
set -eu
tree=$(pwd)
work=$(mktemp -d)
trap '/bin/rm -rf "$work"' EXIT
"$PIP" wheel --quiet --no-deps --wheel-dir "$work" .
"$(dirname "$PIP")/python" -m build --sdist --outdir "$work/sdist" . > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work"/*.whl
cd "$work"
PATH="$work/venv/bin" # what is used from here on needs no compiler, and nothing else of this machine
"$work/venv/bin/giflab" demo --out demo > shown.txt
/bin/grep -q '^PASS' shown.txt
/bin/grep -q '^FAIL' shown.txt
"$work/venv/bin/giflab" validate demo/original.gif demo/good.gif --html report.html --format json > report.json
/bin/grep -q 'uPlot' report.html
"$work/venv/bin/python" - <<'PYTHON'
import json
from importlib import resources

import giflab_core
import giflab_core.decoding._gif  # the wheel has both C extensions
import giflab_core.kernels._kernels

assert "site-packages" in giflab_core.__file__, giflab_core.__file__
assert not resources.files("giflab_core.decoding").joinpath("csrc").is_dir()
assert not resources.files("giflab_core.kernels").joinpath("csrc").is_dir()
assert resources.files("pytest_giflab").joinpath("report", "templates", "comment.md.jinja").is_file()
report = json.load(open("report.json"))
assert report["status"] == "pass"
assert (report["decoder"], report["kernels"]) == ("native", "native")
assert resources.files("giflab_core").joinpath("py.typed").is_file()
assert resources.files("giflab_core.pages").joinpath("vendor", "uPlot.LICENSE").is_file()
assert resources.files("giflab_core.report").joinpath("giflab.report.1.schema.json").is_file()
PYTHON
"$work/venv/bin/giflab" --version

# From source, where there is no compiler: it installs, Pillow decodes, NumPy computes, and says the same.
PATH="$work/venv/bin:/usr/bin:/bin"
mkdir source
tar xzf sdist/*.tar.gz -C source --strip-components 1
for file in $(cd "$tree" && find giflab_core -path '*/csrc/*.[ch]'); do
  test -f "source/$file" || { echo "the source distribution lacks $file" >&2; exit 1; }
done
CC="$work/none/cc" "$work/venv/bin/pip" install --quiet --disable-pip-version-check --force-reinstall --no-deps ./source
giflab validate demo/original.gif demo/good.gif --format json > twins.json
python - <<'PYTHON'
import json

one, other = (json.load(open(name), parse_float=lambda text: round(float(text), 9)) for name in ("report.json", "twins.json"))
assert {**one, "decoder": "pillow", "kernels": "numpy"} == other, "the twins say something else"
PYTHON
giflab deps | grep -q "missing"
echo "the wheel works outside the tree"
