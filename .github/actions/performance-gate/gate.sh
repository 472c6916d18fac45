#!/usr/bin/env bash
# Run pytest with the gate, tell the job, and leave `verdict`, `report` and the exit status in the outputs.
# A later step exits with that status, so that the report is uploaded whatever it is.
set -euo pipefail

finish() { # exit status [what is wrong]
  [ -z "${2:-}" ] || echo "::error title=performance gate::$2"
  echo "code=$1" >>"$GITHUB_OUTPUT"
  exit 0
}

if ! python -c "import pytest_giflab" 2>/dev/null; then
  # The package that this action comes with; a project that has installed another version keeps it.
  python -m pip install --quiet "$ACTION/../../.." || finish 2 "pytest-giflab could not be installed"
fi

folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/giflab-gate.XXXXXX")

# The words of `tests`, quoted as in a shell but never run by one.
split='import os, shlex, sys; sys.stdout.write("".join(f"{word}\0" for word in shlex.split(os.environ["TESTS"])))'
python -c "$split" >"$folder/words" 2>/dev/null || finish 2 "the input 'tests' has a quotation mark too few: $TESTS"
words=()
while IFS= read -r -d '' word; do
  words+=("$word")
done <"$folder/words"

if [ -n "$STORE" ]; then
  words+=(--giflab-baseline "--giflab-store=$STORE")
else
  if [ -n "$BASE" ]; then
    base=$BASE
  elif [ -n "$PULL_HEAD" ] && [ "$(git rev-parse --quiet --verify 'HEAD^2' || true)" = "$PULL_HEAD" ]; then
    base='HEAD^1' # GitHub checks out the merge; its first parent is what the pull request is merged into
  elif [ -n "$PULL_BASE" ]; then
    base=$PULL_BASE... # the commit where the pull request left its base
  elif [ -n "$MERGE_BASE" ]; then
    base=$MERGE_BASE
  elif [ -n "${PUSH_BEFORE//0/}" ]; then
    base=$PUSH_BEFORE
  else
    base='HEAD^1'
  fi
  if git rev-parse --quiet --verify HEAD >/dev/null && ! git rev-parse --quiet --verify "${base%...}^{commit}" >/dev/null; then
    finish 4 "the checkout does not have $base, which is to be compared with: give actions/checkout fetch-depth: 0"
  fi
  words+=("--giflab-against=$base")
fi
case $TIMEOUT_MINUTES in
'' | 0* | *[!0-9]*) finish 2 "the input 'timeout-minutes' is no number of minutes: $TIMEOUT_MINUTES" ;;
esac
words+=("--giflab-budget=${BUDGET:-$((TIMEOUT_MINUTES * 50))s}") # the rest is for checking out, installing and the end
[ -z "$WARNING" ] || words+=(-o "giflab_warning=$WARNING")
[ -z "$CRITICAL" ] || words+=(-o "giflab_critical=$CRITICAL")

report=$folder/report.json
code=0
python -m pytest "${words[@]}" "--giflab-fail-on=$FAIL_ON" "--giflab-report=$report" || code=$?
if [ ! -f "$report" ]; then
  # Nothing was compared, which is no pass: the benchmarks may have been removed.
  [ "$code" != 0 ] || finish 1 "no benchmark was measured"
  finish "$code" "pytest ended with exit status $code and without a report; its last lines say why"
fi
echo "report=$report" >>"$GITHUB_OUTPUT"
# Its exit status is the verdict's; here pytest's counts, which knows fail-on.
python -m pytest_giflab.cli annotate "$report" || true
finish "$code"
