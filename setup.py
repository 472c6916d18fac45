"""Find the C sources of the extensions; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup


def extension(name: str, *flags: str) -> Extension:
    """The module of this name, made of all that is in the folder `csrc` beside it.

    Optional: without a compiler its twin in Python works, several times slower; `giflab deps` says which is there.
    """
    folder = Path(*name.split(".")[:-1], "csrc")
    sources, headers = (sorted(map(str, folder.glob(pattern))) for pattern in ("*.c", "*.h"))
    return Extension(
        name,
        sources=sources,
        depends=[*headers, "setup.py"],
        extra_compile_args=["-O3", *flags],
        py_limited_api=True,
        optional=True,
    )


setup(
    ext_modules=[
        extension("giflab_core.decoding._gif"),
        extension("giflab_core.kernels._kernels", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"),
    ]
)
