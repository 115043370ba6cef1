#!/usr/bin/env bash
# Resolves requirements/*.in into requirements/*.txt with hashes.
set -euo pipefail
cd "$(dirname "$0")/../requirements"
uv=../.venv/uv/bin/uv
compile() { "$uv" pip compile --quiet --generate-hashes --no-annotate --no-header --no-emit-index-url "$@"; }
compile --python-version 3.12 uv.in -o uv.txt
compile --python-version 3.12 app.in -o app.txt
compile --python-version 3.12 -c app.txt test.in -o test.txt
compile --python-version 3.10 --override engine-overrides.in engine.in -o engine.txt
compile --python-version 3.10 stock.in -o stock.txt
