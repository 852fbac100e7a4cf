#!/usr/bin/env bash
# Trains the samples one after the other, or those that are named, lets each app measure its model, and prints what they reached:
#   build/train-samples.sh [NAME ...]
# A sample is a folder of samples/ with a folder data. Ends with 1 when a build fails, as it does when a gate is not reached.
set -uo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A build server defaults to Locked, which trains nothing.
export EdgeBuildTraining=Auto

if [ $# -gt 0 ]; then
  names=("$@")
else
  names=()
  for data in samples/*/data; do names+=("$(basename "$(dirname "$data")")"); done
fi

for name in "${names[@]}"; do
  if [ ! -d "samples/$name/data" ]; then
    echo "There is no sample '$name' with data; there are: $(cd samples && echo */data | sed 's:/data::g')." >&2
    exit 2
  fi
done

trap 'exit 130' INT TERM
table=$(node build/sample-figures.mjs --header)
failed=0
for name in "${names[@]}"; do
  printf '\n== %s == %s\n' "$(date -u +%H:%M:%S)" "$name"
  start=$SECONDS
  if dotnet run --project "samples/$name" -- --evaluate; then
    table+=$'\n'$(node build/sample-figures.mjs "$name" $((SECONDS - start))) || failed=1
  else
    table+=$'\n'$(printf '%-18s failed after %d s, see above' "$name" $((SECONDS - start)))
    failed=1
  fi
done

printf '\n%s\n' "$table"
exit $failed
