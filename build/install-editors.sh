#!/usr/bin/env bash
# Installs the editors that tests/LanguageServer.Tests drives (Debian and Ubuntu; needs root).
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends neovim
nvim --version | head -1
