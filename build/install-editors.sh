#!/usr/bin/env bash
# Installs the editors that tests/LanguageServer.Tests drives: Neovim (Debian and Ubuntu; needs root), and VS Code as code-server, a package of npm
# for Node 20. Its prebuilt parts come from places that many networks close, so they are built here (g++, make, python3); ripgrep stays out.
set -euo pipefail

if ! command -v nvim >/dev/null; then
  apt-get update
  apt-get install -y --no-install-recommends neovim
fi
nvim --version | head -1

version=4.100.3
folder=${EDGEBUILD_CODE_SERVER:-$HOME/.local/share/edgebuild/code-server}
server=$folder/node_modules/code-server
if [ "$(cat "$folder/complete" 2>/dev/null)" != "$version" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  echo '{ "private": true }' > "$folder/package.json"
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund "code-server@$version"
  (cd "$server/lib/vscode" && npm install --omit=dev --ignore-scripts --no-audit --no-fund)

  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  gyp=$(readlink -f "$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js")
  build() {
    (cd "$1" && shift && node "$gyp" rebuild $([ -d "$headers/include/node" ] && echo "--nodedir=$headers") "$@") > "$folder/build.log" 2>&1 || { tail -20 "$folder/build.log"; return 1; }
  }
  build "$folder/node_modules/argon2" --module_name=argon2 --module_path="$folder/node_modules/argon2/lib/binding/napi-v3" --napi_version=9 --napi_build_version=3
  for part in @vscode/spdlog native-watchdog node-pty @parcel/watcher @vscode/deviceid; do
    build "$server/lib/vscode/node_modules/$part"
  done
  ln -sfn node_modules "$server/lib/vscode/node_modules.asar"
  echo "$version" > "$folder/complete"
fi
node "$server/out/node/entry.js" --version
