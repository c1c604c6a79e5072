"""Compiles the classifier's inner loops. All else about the package stands in pyproject.toml."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

try:
    from Cython.Build import cythonize
except ImportError:  # the modules run as they stand
    cythonize = None

ROOT = Path(__file__).parent
PACKAGE = "bot.classifier"
COMPILED = runpy.run_path(str(ROOT / "bot/classifier/compiled.py"))

# Sums in the order in which they are written, so that compiled and interpreted agree to the last bit.
FLAGS = [] if sys.platform == "win32" else ["-g0", "-O3", "-ffp-contract=off"]


class Build(build_ext):
    """Leaves a stamp of the sources beside what was compiled, if all of it could be."""

    def finalize_options(self) -> None:
        """Use every core."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def run(self) -> None:
        """Compile everything anew, so that nothing of an earlier build is taken for this one's."""
        built = [Path(self.get_ext_fullpath(extension.name)) for extension in self.extensions]
        kept = [Path(self.build_lib, self.get_ext_filename(extension.name)) for extension in self.extensions]
        stamps = {path.with_name(COMPILED["STAMP"].name) for path in built}
        for path in (*built, *kept, *stamps):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        super().run()
        if all(map(Path.exists, built)):
            for stamp in stamps:
                stamp.write_text(COMPILED["fingerprint"]())

    def build_extension(self, ext: Extension) -> None:
        """Compile one module. A compiler that is not there is told like one that fails, which is no reason to stop."""
        try:
            super().build_extension(ext)
        except OSError as error:
            raise CompileError(str(error)) from error


def extensions() -> list[Extension]:
    """Return the modules to compile, each under its own name, to be put into a folder beside their sources."""
    if cythonize is None:
        return []
    found = cythonize(
        [
            Extension(f"{PACKAGE}.{name}", [f"bot/classifier/{name}.py"], extra_compile_args=FLAGS)
            for name in COMPILED["MODULES"]
        ],
        build_dir="build/cython",
        compiler_directives={
            "language_level": 3,
            "annotation_typing": False,
            "wraparound": False,
            "initializedcheck": False,
        },
    )
    for extension in found:
        extension.optional = True  # a module that cannot be compiled runs as it stands
        extension.name = f"{PACKAGE}.{COMPILED['BUILT'].name}.{extension.name.rpartition('.')[2]}"
    return found


setup(ext_modules=extensions(), cmdclass={"build_ext": Build})
