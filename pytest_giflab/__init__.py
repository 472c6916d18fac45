"""A pytest plugin that measures benchmarks and decides by statistics whether a change made them slower.

A gated run goes through it so:

1. `plugin` adds the `options` to pytest, and loads `session` only if a gate is asked for.
2. `session` finds the benchmarks (`collection`, `selection`), asks a gate of `gates`, and sets the exit status.
3. `gates` measure alone against a baseline of `baselines`, or side by side by `duet`, in copies made by `workspace`.
4. `measuring` runs the benchmarks in fresh processes; `decision` says what the numbers mean.
5. `report` writes the verdict, in the `formats` that are asked for; `github` tells a pull request.
6. `cli` is `giflab-gate`, which reads what was written.

`model` holds the values that pass between them, `thresholds` what counts as slower, `errors` what can go wrong.
"""
