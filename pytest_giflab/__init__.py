"""A pytest plugin that measures benchmarks and decides by statistics whether a change made them slower."""
