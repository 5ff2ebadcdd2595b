#!/bin/sh
# Builds assets/src and the npm packages of package-lock.json into assets/dist, which is committed so that
# `cargo build` needs no Node. With --check it builds into a temporary folder and compares: exit status 1 and
# the differing names if the committed files are not what the sources and the lock file build.
set -eu
cd "$(dirname "$0")"
check=no
case "${1:-}" in
  "") ;;
  --check) check=yes ;;
  *) echo "usage: build-assets.sh [--check]" >&2; exit 2 ;;
esac
command -v npm >/dev/null || { echo "build-assets: Node and npm are needed (Debian: apt-get install nodejs npm)" >&2; exit 2; }

# Install what the lock file names, and only when it changed since the last install.
stamp=node_modules/.fairwatch-lock
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --no-audit --no-fund --ignore-scripts --omit=optional --silent
  cp package-lock.json "$stamp"
fi

out=assets/dist
if [ "$check" = yes ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
else
  rm -rf "$out"
fi
mkdir -p "$out"

node_modules/.bin/sass --no-source-map --style=compressed --no-error-css --no-charset --quiet-deps \
  --load-path=. --load-path=node_modules --load-path=node_modules/@ministryofjustice/frontend assets/src/app.scss "$out/app.css"
cp assets/src/app.js assets/src/favicon.svg assets/src/mark.svg assets/src/manifest.webmanifest "$out/"
fonts=node_modules/@fontsource/atkinson-hyperlegible-next
for subset in latin latin-ext; do
  for weight in 400 700; do
    cp "$fonts/files/atkinson-hyperlegible-next-$subset-$weight-normal.woff2" "$out/atkinson-$subset-$weight.woff2"
  done
done
cp "$fonts/LICENSE" "$out/atkinson-LICENSE.txt"
cp assets/src/components-LICENSE.txt "$out/"

size=$(wc -c < "$out/app.css")
if [ "$size" -gt 98304 ]; then
  echo "build-assets: app.css is $size bytes, over the 96 kB that we allow ourselves" >&2
  exit 1
fi

if [ "$check" = yes ]; then
  if diff -rq "$out" assets/dist; then
    echo "build-assets: assets/dist is what the sources and the lock file build"
  else
    echo "build-assets: assets/dist differs; run crates/web/build-assets.sh and commit" >&2
    exit 1
  fi
else
  echo "build-assets: app.css $size bytes"
fi
