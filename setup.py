"""Find the C sources of the extensions; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup


def extension(name: str, *flags: str) -> Extension:
    """The module of this name, made of all that is in the folder `csrc` beside it.

    Optional: without a compiler its twin in Python works, several times slower; `giflab deps` says which is there.
    What has a Python file of the same name beside the folder is a kernel, which csrc/module.c puts into the module.
    """
    package = Path(*name.split(".")[:-1])
    sources, headers = (sorted(package.glob(f"csrc/*.{suffix}")) for suffix in "ch")
    kernels = [each.stem for each in sources if (package / f"{each.stem}.py").exists()]
    return Extension(
        name,
        sources=[str(each) for each in sources],
        depends=[*map(str, headers), "setup.py"],
        define_macros=[("KERNELS", "".join(f"KERNEL({each})" for each in kernels))],
        # Sums of what no kernel would pass may overflow, and then wrap instead of being anything.
        extra_compile_args=["-O3", "-fwrapv", *flags],
        py_limited_api=True,
        optional=True,
    )


setup(
    ext_modules=[
        extension("giflab_core.decoding._gif"),
        extension("giflab_core.kernels._kernels", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"),
    ]
)
