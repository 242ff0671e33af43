"""What the benchmarks ran on."""
import importlib.metadata
import importlib.util
import os
import platform
import subprocess

from . import paths

# Package, and what it is called.
PACKAGES = {"torch": "PyTorch", "jax": "JAX", "casadi": "CasADi", "numpy": "NumPy"}


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "not found"


def processor():
    """From lscpu: the model, and what it has."""
    try:
        text = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return platform.processor() or "unknown", {}
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    flags = fields.get("Flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON"))
                    if flag in flags), "no vectors that are known here")
    caches = {name: fields[name] for name in ("L1d cache", "L2 cache", "L3 cache") if name in fields}
    return f"{fields.get('Model name', 'unknown')} (family {fields.get('CPU family', '?')}, model " \
           f"{fields.get('Model', '?')}), {vectors}", caches


def version(package):
    if importlib.util.find_spec(package) is None:
        return "not installed"
    return importlib.metadata.version(package)


def describe():
    """Names and values, in order."""
    model, caches = processor()
    described = {
        "processor": model,
        "cores that may be used": str(len(os.sched_getaffinity(0))),
        **caches,
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "C compiler": f"{first_line(*paths.CC, '--version')}, flags {' '.join(paths.CFLAGS)}",
        "cajal2c": first_line(str(paths.COMPILER), "--version"),
        "Python": platform.python_version(),
    }
    return described | {name: version(package) for package, name in PACKAGES.items()}
