#!/usr/bin/env bash
# Makes or refreshes one environment: scripts/environment.sh NAME PYTHON REQUIREMENTS
#   NAME          folder below .venv
#   PYTHON        version, such as 3.12
#   REQUIREMENTS  hashed requirements file below requirements/
# Does nothing when the environment was made from the same file.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 version=$2 requirements=requirements/$3
made=.venv/$name/made-from

fail() { echo "signpost: $*" >&2; exit 1; }

# The interpreter below may be gone since, when the system's Python was renewed.
is_made() { [ -x ".venv/$name/bin/python" ] && [ -f "$made" ] && cmp -s "$made" "$requirements"; }

if is_made; then exit 0; fi

# Two commands at once must not make the same environment.
mkdir -p .venv
exec 9>".venv/$name.lock"
command -v flock >/dev/null && flock 9
if is_made; then exit 0; fi

find_python() {
  local candidate
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python \
                   "$(command -v "python$version" 2>/dev/null || true)"; do
    if [ -x "$candidate" ] &&
       [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ]
    then echo "$candidate"; return; fi
  done
}

any_python=$(command -v python3 || true)
[ -n "$any_python" ] || fail "Python 3 is missing. Install Python $version and run this again."
if ! [ -x .venv/uv/bin/uv ]; then
  echo "signpost: installing uv, which installs the rest" >&2
  "$any_python" -m venv .venv/uv 2>/dev/null ||
    fail "Python's venv module is missing. On Debian: apt-get install python3-venv"
  .venv/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
    { rm -rf .venv/uv; fail "uv could not be installed: is the package registry reachable?"; }
fi
uv=$PWD/.venv/uv/bin/uv

python=$(find_python)
if [ -z "$python" ]; then
  # uv fetches an interpreter of its own where the network lets it.
  "$uv" python install --quiet "$version" 2>/dev/null && python=$("$uv" python find "$version" 2>/dev/null || true)
fi
[ -n "$python" ] || fail "Python $version is missing. Install it (for example: pyenv install $version) and run this again."

echo "signpost: installing the $name environment (Python $version)" >&2
"$uv" venv --quiet --clear --python "$python" ".venv/$name" || fail "the $name environment could not be made."
overrides=()
case $name in engine*) overrides=(--override requirements/engine-overrides.in);; esac
"$uv" pip install --quiet --require-hashes "${overrides[@]}" -r "$requirements" --python ".venv/$name/bin/python" ||
  { rm -rf ".venv/$name"; fail "the $name environment could not be installed: is the disk full, or the package registry out of reach?"; }
cp "$requirements" "$made"
