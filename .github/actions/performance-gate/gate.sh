#!/usr/bin/env bash
# Run pytest with the gate, tell the job, and leave `verdict`, `report` and pytest's exit status in the outputs.
# A later step exits with that status, so that the report is uploaded whatever it is.
set -euo pipefail

if ! python -c "import pytest_giflab" 2>/dev/null; then
  # The package that this action comes with, so that both are of one version.
  python -m pip install --quiet "$ACTION/../../.."
fi

# The words of `tests`, quoted as in a shell but never run by one.
words=()
while IFS= read -r word; do
  [ -z "$word" ] || words+=("$word")
done < <(python -c 'import os, shlex; print("\n".join(shlex.split(os.environ["TESTS"])))')

if [ -n "$STORE" ]; then
  words+=(--giflab-baseline "--giflab-store=$STORE")
else
  if [ -n "$BASE" ]; then
    base=$BASE
  elif [ "$EVENT" = pull_request ] && git rev-parse --quiet --verify 'HEAD^2' >/dev/null; then
    base='HEAD^1' # GitHub checks out the merge; its first parent is what the pull request is merged into
  elif [ -n "$PULL_BASE" ]; then
    base=$PULL_BASE... # the commit where the pull request left its base
  elif [ -n "${PUSH_BEFORE//0/}" ]; then
    base=$PUSH_BEFORE
  else
    base='HEAD^1'
  fi
  words+=("--giflab-against=$base")
fi
[ -z "$BUDGET" ] || words+=("--giflab-budget=$BUDGET")
[ -z "$WARNING" ] || words+=(-o "giflab_warning=$WARNING")
[ -z "$CRITICAL" ] || words+=(-o "giflab_critical=$CRITICAL")

folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/giflab-gate.XXXXXX")
report=$folder/report.json
code=0
python -m pytest "${words[@]}" "--giflab-fail-on=$FAIL_ON" "--giflab-report=$report" || code=$?
echo "code=$code" >>"$GITHUB_OUTPUT"
if [ ! -f "$report" ]; then
  echo "::error title=performance gate::pytest left no report (exit status $code); is the base there (fetch-depth: 0)?"
  exit 0
fi
echo "report=$report" >>"$GITHUB_OUTPUT"
# Its exit status is the verdict's; here pytest's counts, which knows fail-on.
python -m pytest_giflab.cli annotate "$report" --root "$FOLDER" || true
