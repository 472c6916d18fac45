#!/bin/sh
# Build the wheel and use it the way a stranger would: a fresh environment, a folder that is not the tree.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$PIP" wheel --quiet --no-deps --wheel-dir "$work" .
"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work"/*.whl
cd "$work"
"$work/venv/bin/giflab" demo --out demo > shown.txt
grep -q '^PASS' shown.txt
grep -q '^FAIL' shown.txt
"$work/venv/bin/giflab" validate demo/original.gif demo/good.gif --format json > report.json
"$work/venv/bin/python" - <<'PYTHON'
import json
from importlib import resources

import giflab_core

assert "site-packages" in giflab_core.__file__, giflab_core.__file__
assert json.load(open("report.json"))["status"] == "pass"
assert resources.files("giflab_core").joinpath("py.typed").is_file()
assert resources.files("giflab_core.report").joinpath("giflab.report.1.schema.json").is_file()
PYTHON
"$work/venv/bin/giflab" --version
echo "the wheel works outside the tree"
