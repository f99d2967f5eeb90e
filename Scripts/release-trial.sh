#!/usr/bin/env bash
# What release-check.sh runs in the bare root: every kind of work the command does, with nothing but bash and coreutils beside it.
#   release-trial.sh FOLDER    the unpacked archive; work goes into the current folder
set -euo pipefail
. "$(dirname "$0")/glibc.sh"
fail() { echo "release-check: $*" >&2; exit 1; }
prefix="$1"
avar="$prefix/bin/avar"
model="$prefix/share/avar/Checkpoints/microworld"

# Runs the command, keeps its two outputs in NAME.out and NAME.err and what the loader took in loaded.PID.
try() {
    local name="$1"
    shift
    LD_DEBUG=files LD_DEBUG_OUTPUT=loaded "$avar" "$@" >"$name.out" 2>"$name.err" \
        || fail "avar $* failed: $(tail -n 3 "$name.err")"
    ! grep -iE 'fontconfig|no version information|cannot open shared' "$name.err" || fail "avar $* complained of its surroundings, as above."
    echo "  avar $name: $(grep -v '^$' "$name.out" | tail -n 1 | cut -c 1-100)"
}

try version --version
try doctor doctor
grep -qE '^cpu +works' doctor.out || fail "avar doctor does not say that the CPU works."
try vas vas --data microworld --limit 4 --model "$model"
try make microworld make --split test --count 8 --output world
pictures=(world/images/*.png)
[ ${#pictures[@]} = 8 ] || fail "avar microworld make drew ${#pictures[@]} pictures of 8."
try generate generate --model "$model" --image "${pictures[0]}" --prompt "How many shapes are there?"
[ -s generate.out ] || fail "avar generate said nothing."
# Its own checkpoint, without being told where that lies.
try demo demo --limit 3 --training-steps 2 --iterations 1 --output demo
[ -s demo/report.html ] || fail "avar demo wrote no page."

# A server, asked by the shell's own sockets; a picture in the request, so that decoding is part of it.
LD_DEBUG=files LD_DEBUG_OUTPUT=loaded "$avar" serve --model "$model" --port 0 >serve.out 2>serve.err &
server=$!
trap 'kill -KILL $server 2>/dev/null || true' EXIT
for _ in $(seq 300); do
    port="$(sed -nE 's|.*http://127\.0\.0\.1:([0-9]+)/v1.*|\1|p' serve.out serve.err)"
    [ -n "$port" ] && break
    kill -0 $server 2>/dev/null || fail "avar serve ended: $(tail -n 3 serve.err)"
    sleep 0.1
done
[ -n "$port" ] || fail "avar serve named no port within 30 seconds."
picture="data:image/png;base64,$(base64 --wrap=0 "${pictures[0]}")"
content='[{"type": "image_url", "image_url": {"url": "'$picture'"}}, {"type": "text", "text": "How many shapes are there?"}]'
request='{"model": "microworld", "max_tokens": 16, "messages": [{"role": "user", "content": '$content'}]}'
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    ${#request} "$request" >&3
timeout 60 cat <&3 >reply.txt || fail "avar serve did not answer within a minute."
head -n 1 reply.txt | grep -q ' 200 ' || fail "avar serve answered: $(head -c 600 reply.txt)"
grep -q '"content"' reply.txt || fail "avar serve answered without a content: $(tail -c 600 reply.txt)"
kill -INT $server
wait $server || fail "avar serve ended with status $? after SIGINT: $(tail -n 3 serve.err)"
trap - EXIT
echo "  avar serve: $(grep -oE '"content" ?: ?"[^"]*"' reply.txt | head -n 1)"

# Every library that any of these loaded, at the start or later.
count=0
while read -r library; do
    [[ "$library" = "$prefix/lib/avar/"* || "$library" = "$avar" ]] && count=$((count + 1)) && continue
    is_glibc "$(basename "$library")" || fail "$library was loaded, which is neither the archive's nor glibc's."
done < <(sed -nE 's/.*calling init: (.*)$/\1/p' loaded.* | xargs -d '\n' realpath | sort -u)
[ "$count" -gt 10 ] || fail "the loader named only $count libraries of the archive; the check itself is wrong."
echo "  $count libraries of the archive were loaded; of the system, glibc's only"
