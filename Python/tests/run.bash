#!/usr/bin/env bash
# The tests of the Python package, as a wheel that was just built; what is not installed is skipped, and said so.
#
#   PYTHON=python3   a Python with numpy and pytest, and torch, jax and safetensors as far as they are to be tested; by
#                    default build/python/venv, filled from PyPI
#
# Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
echo Python/tests

skip() {
  echo "Python/tests: 0 passed, all skipped: $1"
  exit 0
}

python=$(Python/environment setuptools numpy pytest safetensors torch jax) || skip 'there is no Python to test with'
has() { "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)"; }
for package in numpy pytest; do
  has $package || skip "$package is not installed in $python"
done
for package in torch jax safetensors; do
  has $package || echo "$package is not installed in $python: its tests are skipped"
done

site=build/python/site
rm -rf $site
if wheel=$(Python/wheel "$python"); then
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --target $site "$wheel"
else
  echo 'no wheel can be built: the sources are tested instead'
  mkdir -p $site && cp -r Python/src/cajal $site
  mkdir -p $site/cajal/native && cp -r Runtime/include Runtime/src $site/cajal/native
  mkdir -p $site/cajal/native/bin && cp bin/cajal2c $site/cajal/native/bin
fi
# Of the package's own tests alone: another package's plugins might change what they do.
PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/$site XDG_CACHE_HOME=$PWD/build/python/cache \
  "$python" -m pytest -q -rs -p no:cacheprovider --rootdir Python Python/tests "$@"
