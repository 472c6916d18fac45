# Each target sets itself up: it needs Python 3.11 or later, git and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO ?= demo
PYTEST_ARGS ?=

# The tests start some hundred processes, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: comment-pictures page-pictures peers help demo test lint typecheck coverage check-wheel test-lowest test-slow test-peers fuzz gate clean
.PHONY: traces-changes traces-same traces-same-big traces-short
.PHONY: bench-mutants bench-traces bench-stored bench-amortised bench-gate bench-suite bench-budget bench-layout bench-import bench-start bench-verdict bench-times bench-limits bench-faults bench-blunders bench-tones bench-checks bench-bounds bench-decode bench-metrics bench-cache bench-threads bench-compare

help: ## Show the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.base ## Validate a good and a bad recompression; gate a slower and a faster version.
	$(BIN)/giflab demo --out $(DEMO)
	PATH="$(abspath $(BIN)):$$PATH" sh docs/examples/gate/demo.sh $(DEMO)/gate

test: $(VENV)/.dev ## Run the whole test suite.
	$(BIN)/pytest -n auto --dist worksteal $(PYTEST_ARGS)
	$(BIN)/pytest -q -m alone tests/plugin/gates

lint: $(VENV)/.dev ## Check style and format.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(VENV)/.dev ## Check types, strictly.
	$(BIN)/mypy

coverage: $(VENV)/.dev ## Run the test suite and print what it does not reach.
	$(MAKE) test PYTEST_ARGS="--cov --cov-report=term"

check-wheel: $(VENV)/.dev ## Build the wheel, install it into a fresh environment, use it outside the tree.
	PYTHON=$(PYTHON) PIP=$(BIN)/pip sh tests/integration/check_wheel.sh

# What no version of a dependency changes: files and databases of our own, processes, threads.
WITHOUT_DEPENDENCIES = core/cache/test_disk.py core/cache/test_tiered.py core/cache/test_builds.py core/frames \
  core/results core/measurement/test_threads.py contracts/test_cache.py \
  $(addprefix core/kernels/test_,cambi.py joint.py palette.py) \
  plugin/workspace plugin/duet/test_layouts.py plugin/duet/test_failures.py plugin/duet/test_clocks.py
# Of the gate, what shows how it stands with pytest and pytest-benchmark.
LOWEST_DESELECTED = $(addprefix --deselect=tests/plugin/duet/test_duet.py::test_, \
    an_alarm tests_of_head own_tests many_short rounds_of_pedantic a_project_may the_machine when_ what_is) \
  $(addprefix --deselect=tests/plugin/gates/test_stored.py::test_,updating interrupting a_regression only_what)

test-lowest: $(VENV)/.dev ## Run the core tests with the lowest versions that pyproject.toml admits.
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/lowest
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(VENV)/lowest/bin/python --resolution lowest-direct -e '.[dev]'
	$(VENV)/lowest/bin/python -m pytest -q -n auto --dist worksteal --hypothesis-profile=few \
	  $(addprefix --ignore=tests/,$(WITHOUT_DEPENDENCIES)) $(LOWEST_DESELECTED) \
	  tests/core tests/contracts tests/plugin tests/integration/test_comment_bot.py

PICTURES ?= build/comments

comment-pictures: $(VENV)/.dev ## Draw one comment of each kind as GitHub shows it, into PICTURES (needs Chromium).
	$(BIN)/python -m tests.helpers.comments $(PICTURES)

page-pictures: $(VENV)/.dev ## Draw the pictures of the page that the documentation shows (needs Chromium).
	$(BIN)/python -m tests.helpers.page_pictures docs/images

test-slow: $(VENV)/.dev ## Run the long simulations, the largest clips, and whole runs of large projects (PYTEST_ARGS chooses some).
	$(BIN)/pytest -m slow -s -n auto $(PYTEST_ARGS)

test-peers: $(VENV)/.peers ## Hold the metrics against scikit-image, OpenCV, piq, pytorch-msssim, libvmaf (installs torch).
	@$(BIN)/python -W ignore -c "import cv2, fast_ssim, imageio_ffmpeg, piq, pytorch_msssim, torch" # or the tests would skip
	$(BIN)/pytest -q -n auto --dist worksteal -m peers tests/peers

CLANG ?= clang
FUZZ_SECONDS ?= 600
FUZZ = build/fuzz
FUZZ_BUILD = $(CLANG) -std=c11 -O2 -g -Wall -Wextra -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SEEDS = tests/fuzz/regressions $(wildcard $(addprefix $(or $(GIFLAB_SHARED),../shared)/, \
  corpus/gifs corpus/hostile conformance/pygif/test-suite))

fuzz: ## Fuzz the C decoder with ASan and UBSan for FUZZ_SECONDS (600); what it finds stays in build/fuzz/found.
	@mkdir -p $(FUZZ)/corpus $(FUZZ)/found
	@echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | $(FUZZ_BUILD) -x c - -o $(FUZZ)/probe 2>/dev/null || \
	  { echo "clang with its sanitizers is needed; on Debian: apt-get install -y --no-install-recommends clang libclang-rt-dev" >&2; exit 1; }
	$(FUZZ_BUILD) -Igiflab_core/decoding/csrc tests/fuzz/fuzz_gif.c giflab_core/decoding/csrc/gif.c giflab_core/decoding/csrc/screen.c -o $(FUZZ)/fuzz_gif
	@echo "fuzzing for $(FUZZ_SECONDS) s; the log is $(FUZZ)/log"
	@$(FUZZ)/fuzz_gif -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 -print_final_stats=1 \
	  -artifact_prefix=$(FUZZ)/found/ $(FUZZ)/corpus $(FUZZ_SEEDS) >$(FUZZ)/log 2>&1; status=$$?; \
	grep -E 'INITED|DONE|stat::|runtime error|ERROR|SUMMARY|written to' $(FUZZ)/log; \
	test $$status = 0 || { echo "fix it and keep the input in tests/fuzz/regressions; $(FUZZ)/log says more" >&2; exit 1; }

BASE ?= HEAD~1

gate: $(VENV)/.dev ## Gate this project's own benchmarks against BASE (default: HEAD~1).
	$(BIN)/pytest tests/benchmarks/suite -q -n0 --giflab-against=$(BASE) --giflab-verbose

TRACES = $(or $(GIFLAB_SHARED),../shared)/traces
SCORE = $(BIN)/python $(TRACES)/score_rule.py $(TRACES)/traces_dev.npz tests.benchmarks.traces:rule --pairs 20

bench-traces: $(VENV)/.dev ## Score the gate's decisions on recordings of real machines.
	@$(MAKE) --no-print-directory -j 2 --output-sync=target traces-same traces-same-big traces-changes traces-short

traces-changes:
	$(SCORE) --exclude gif_big --trials 800

traces-same:
	$(SCORE) --exclude gif_big --trials 6000 --deltas 0

traces-same-big:
	$(SCORE) --trials 6000 --deltas 0

traces-short:
	$(BIN)/python -m tests.benchmarks.short_traces $(TRACES)/traces_dev.npz

bench-stored: $(VENV)/.dev ## Judge the same, slower and faster code against a stored baseline, 20 times.
	$(BIN)/python -m tests.benchmarks.stored

bench-amortised: $(VENV)/.dev ## Judge simulated benchmarks of which every so many calls cost more (30 minutes; BENCH_ARGS="--trials 20").
	$(BIN)/python -m tests.benchmarks.amortised $(BENCH_ARGS)

bench-gate: $(VENV)/.dev ## Gate real runs of the same and of slower code; goes on where it ended (an hour in all).
	$(BIN)/python -m tests.benchmarks.gate

bench-suite: $(VENV)/.dev ## Gate a suite of 30 benchmarks: how long it takes, what it finds (8 minutes).
	$(BIN)/python -m tests.benchmarks.thirty

bench-budget: $(VENV)/.dev ## Gate 500 benchmarks with a budget of 3 minutes: how long it takes, and what the report has.
	$(BIN)/python -m tests.benchmarks.budget

bench-layout: $(VENV)/.dev ## Print what the layout of memory does to the time of identical code.
	$(BIN)/python -m tests.benchmarks.layout

BENCH_ARGS ?=

WUFFS = build/wuffs
PYWUFFS = pywuffs-2.0.1
CSRC = giflab_core/decoding/csrc
BENCH_CC = $(CC) -O3 -fwrapv -shared -fPIC

bench-decode: $(VENV)/.dev $(WUFFS)/ours.so $(WUFFS)/wuffs.so ## Print how many times faster than Pillow and Wuffs the decoders are, and their memory (5 minutes; BENCH_ARGS=--short).
	$(BIN)/python -m tests.benchmarks.wuffs $(WUFFS)/ours.so $(WUFFS)/wuffs.so
	$(BIN)/python -m tests.benchmarks.decoding $(BENCH_ARGS)

$(WUFFS)/ours.so: tests/benchmarks/native/ours.c $(addprefix $(CSRC)/,gif.c gif.h screen.c screen.h)
	@mkdir -p $(WUFFS)
	$(BENCH_CC) -I$(CSRC) $(filter %.c,$^) -o $@

# pywuffs brings the whole of Wuffs 0.4 as one file of C.
$(WUFFS)/wuffs.so: tests/benchmarks/native/wuffs.c | $(VENV)/.dev
	@mkdir -p $(WUFFS)
	$(BIN)/pip download --quiet --no-deps --no-binary pywuffs --dest $(WUFFS) $(subst -,==,$(PYWUFFS))
	tar -xzf $(WUFFS)/$(PYWUFFS).tar.gz -C $(WUFFS)
	$(BENCH_CC) -w -I$(WUFFS)/$(PYWUFFS)/libs/wuffs/release/c $< -o $@

bench-metrics: $(VENV)/.peers ## Print how many times faster than its peers each metric is, and the memory of all (BENCH_ARGS=--short).
	$(BIN)/python -m tests.benchmarks.metrics $(BENCH_ARGS)

bench-cache: $(VENV)/.dev ## Print what the caches save, and what they cost (10 minutes; BENCH_ARGS=--short).
	$(BIN)/python -m tests.benchmarks.caching $(BENCH_ARGS); results=$$?; \
	$(BIN)/python -m tests.benchmarks.frames $(BENCH_ARGS) && exit $$results

bench-threads: $(VENV)/.dev ## Print how many times faster two threads validate than one (2 minutes).
	$(BIN)/python -m tests.benchmarks.threads $(BENCH_ARGS)

bench-compare: $(VENV)/.dev ## Print what eight candidates cost at once and one by one (5 minutes; BENCH_ARGS="--metrics default").
	$(BIN)/python -m tests.benchmarks.comparing $(BENCH_ARGS)

bench-import: $(VENV)/.dev ## Print what importing the packages costs.
	$(BIN)/python -m tests.benchmarks.imports

bench-start: $(VENV)/.dev ## Print what whole commands cost beside the import of NumPy.
	$(BIN)/python -m tests.benchmarks.start $(BENCH_ARGS)

bench-verdict: $(VENV)/.dev ## Print the verdicts on the corpus of real pairs, each miss, and what quality says (3 minutes; BENCH_ARGS=--short).
	$(BIN)/python -m tests.benchmarks.verdicts $(BENCH_ARGS)

bench-times: $(VENV)/.dev ## Print what is said of faults of time made on real clips, and of honest pairs (2 minutes).
	$(BIN)/python -m tests.benchmarks.times

bench-mutants: $(VENV)/.dev ## Change one operator at a time in what a verdict rests on, and see that the tests notice (BENCH_ARGS="--count 20").
	$(BIN)/python -m tests.benchmarks.mutants $(BENCH_ARGS)

bench-limits: $(VENV)/.dev ## Print how far honest recompressions stay from the default limits (needs gifsicle; 10 minutes).
	$(BIN)/python -m tests.benchmarks.limits

bench-faults: $(VENV)/.dev ## Print how many visible faults of a part of the picture fail, and where (needs gifsicle; BENCH_ARGS=--short, --other, --goal=invisible).
	$(BIN)/python -m tests.benchmarks.faults $(BENCH_ARGS)

bench-blunders: $(VENV)/.dev ## Print which faults of encoders, servers and editors fail, of whole clips (6 minutes; BENCH_ARGS="--clips 4 --misses").
	$(BIN)/python -m tests.benchmarks.blunders $(BENCH_ARGS)

bench-tones: $(VENV)/.dev ## Print which faults of the whole picture fail, by kind, strength and goal (3 minutes; BENCH_ARGS="--clips 5").
	$(BIN)/python -m tests.benchmarks.tones $(BENCH_ARGS)

bench-checks: $(VENV)/.dev ## Print what the checks of places, tones and time cost of a default validation (3 minutes; BENCH_ARGS=--short).
	$(BIN)/python -m tests.benchmarks.checks_cost $(BENCH_ARGS)

bench-bounds: $(VENV)/.dev ## Print the most memory and time that pairs within the limits take (6 minutes; BENCH_ARGS="--short --metrics all").
	$(BIN)/python -m tests.benchmarks.bounds $(BENCH_ARGS)

clean: ## Remove what the targets made.
	rm -rf .venv build dist *.egg-info $(DEMO) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# What is installed is a link to the tree, but for the C extensions.
BUILT = pyproject.toml setup.py $(wildcard giflab_core/*/csrc/*)

$(VENV)/.base: $(BUILT) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(BUILT) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check 'uv>=0.5'
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -e '.[dev]' # tests start thousands of processes
	@mkdir -p $(VENV)/node && cp tests/integration/package.json $(VENV)/node
	@if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --no-package-lock --prefix $(VENV)/node; \
	  else echo "no npm: tests that need a GitHub to talk to are skipped"; fi
	@touch $@ $(VENV)/.base

$(VENV)/.peers: tests/peers/requirements.txt $(VENV)/.dev
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r tests/peers/requirements.txt
	@touch $@

peers: $(VENV)/.peers # installs what test-peers needs
