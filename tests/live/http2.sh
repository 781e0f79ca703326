#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# http2.sh - the services behind nginx, as they are behind the front ends of
# Azure: HTTP/2, few connections for many requests, connections that end after
# so many requests or because the server is reloaded. What is read stays the same.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin
NGINX=${NGINX:-$(command -v nginx || :)}
NGINX_PID=

# nginx_configuration ON|OFF [DIRECTIVE]...: everything nginx writes lies in $N
nginx_configuration() {
  local http2='' i directive
  [ "$1" = off ] || http2=' http2'
  shift
  # Who is root when it starts would become another user.
  if [ "$(id -u)" -eq 0 ]; then printf 'user root;\n'; fi
  cat <<TEXT
worker_processes 1;
pid $N/pid;
error_log $N/error.log notice;
events { worker_connections 1024; }
http {
  log_format seen '\$server_port \$server_protocol \$connection \$connection_requests \$status';
  access_log $N/access.log seen;
  client_body_temp_path $N/body;
  proxy_temp_path $N/proxy;
  fastcgi_temp_path $N/fastcgi;
  uwsgi_temp_path $N/uwsgi;
  scgi_temp_path $N/scgi;
  ssl_certificate $PKI/server.pem;
  ssl_certificate_key $PKI/server.key;
  proxy_http_version 1.1;
  proxy_set_header Connection '';
  proxy_set_header Host \$http_host;
  proxy_read_timeout 60s;
TEXT
  for directive in "$@"; do printf '  %s;\n' "$directive"; done
  for i in 0 1 2 3; do
    cat <<TEXT
  upstream service$i { server 127.0.0.1:$((PORT + i)); keepalive 64; }
  server {
    listen 127.0.0.1:$((PROXY + i)) ssl$http2;
    location / { proxy_pass https://service$i; }
  }
TEXT
  done
  printf '}\n'
}

# nginx_start ON|OFF [DIRECTIVE]...: false when it cannot listen there
nginx_start() {
  local tries
  mkdir -p "$N"
  : >"$N/access.log"
  nginx_configuration "$@" >"$N/nginx.conf"
  "$NGINX" -p "$N" -e "$N/error.log" -c "$N/nginx.conf" -g 'daemon off;' 2>"$N/start.err" &
  NGINX_PID=$!
  for ((tries = 0; tries < 500; tries++)); do
    kill -0 "$NGINX_PID" 2>/dev/null || break
    ! curl -s --cacert "$PKI/ca.pem" -o /dev/null "https://localhost:$((PROXY + 3))/" || return 0
    sleep 0.02
  done
  nginx_stop
  return 1
}
nginx_stop() {
  [ -n "$NGINX_PID" ] || return 0
  kill -TERM "$NGINX_PID" 2>/dev/null || :
  wait "$NGINX_PID" || :
  NGINX_PID=
}
silence_all() {
  nginx_stop
  silence
}

# behind ON|OFF [DIRECTIVE]... -- [OPTION]...: the emulator with those options, behind nginx with those directives,
# at the addresses of the last time
behind() {
  local directives=() try
  while [ "$1" != -- ]; do
    directives+=("$1")
    shift
  done
  shift
  N=$T/nginx
  for ((try = 0; try < 20; try++)); do
    PROXY=${PROXY:-$((10000 + (RANDOM % 1900) * 5))}
    emulate --proxy "$PROXY" "$@"
    trap silence_all EXIT
    if nginx_start "${directives[@]}"; then
      # What asked whether it is there yet is none of ours.
      : >"$N/access.log"
      return 0
    fi
    PROXY=
  done
  fail "nginx does not start: $(cat "$N/start.err" "$N/error.log")"
}

# ---- what nginx saw ----

seen() { awk "$1" "$N/access.log"; }
connections() { seen '{ print $3 }' | sort -u | wc -l; }
most_of_a_connection() { seen '$4 > n { n = $4 } END { print n + 0 }'; }
expect_protocol() {
  expect_equal "$(seen '{ print $2 }' | sort -u)" "$1" 'protocols spoken'
}

# The tree of a night over HTTP/2, and that of a recording of the same night over HTTP/1.1 begun at the same time.
recorded_by_http1() {
  behind off -- --tenants "${TENANTS:-20}"
  live_folder
  live_scan --record "$T/rec"
  expect_status 3
  silence_all
  expect_protocol HTTP/1.1
  rm -rf "$T/d" "$T/state" "$T/secrets"
}
expect_tree_of_recording() {
  silence_all
  expect_sound
  expect_equal "$(replayed_tree "$T/rec" "$(started_of)")" "$(tree_of)" 'trees over HTTP/1.1 and over HTTP/2'
}
expect_nothing_lost() {
  expect_equal "$(jq '.repeatedAfterSuccess' "$T/manners")" 0 'requests asked again that were answered'
  expect_equal "$(seen '$5 >= 500' | wc -l)" 0 'errors of nginx'
}

test_live__http2_reads_what_http1_reads_over_few_connections() {
  recorded_by_http1
  # All at once, with an answer that is waited for.
  behind on -- --tenants "${TENANTS:-20}" --latency 10
  live_folder d '.concurrency = 64'
  live_scan
  expect_status 3
  expect_tree_of_recording
  expect_protocol HTTP/2.0
  expect_nothing_lost
  [ "$(jq .mostInFlight "$T/manners")" -gt 8 ] || fail 'few requests were in flight'
  # One for each service; a second while the first was being opened does no harm.
  [ "$(connections)" -le 6 ] || fail "$(connections) connections"
}

# A connection that has served its number says so with GOAWAY, while others of its streams are open.
test_live__connections_that_end_early_lose_nothing() {
  local requests
  recorded_by_http1
  behind on 'keepalive_requests 20' 'http2_max_concurrent_streams 8' -- --tenants "${TENANTS:-20}" --latency 5
  live_folder d '.concurrency = 64'
  live_scan
  expect_status 3
  expect_tree_of_recording
  expect_protocol HTTP/2.0
  expect_nothing_lost
  requests=$(wc -l <"$N/access.log")
  [ "$(connections)" -ge $((requests / 20)) ] || fail "$(connections) connections for $requests requests: none was ended"
  # They are used: half of what each may serve, on average, but for those of the last moment.
  [ "$(connections)" -le $((requests / 10 + 24)) ] || fail "$(connections) connections for $requests requests"
  [ "$(most_of_a_connection)" -le 20 ] || fail 'nginx did not end its connections'
}

test_live__nginx_reloaded_in_the_middle_loses_nothing() {
  local pid reloads=0 asked tries before=0 ended=0
  recorded_by_http1
  behind on -- --tenants "${TENANTS:-20}" --latency 20
  live_folder d '.concurrency = 16'
  "$PALSCAN" --config palscan.json scan >"$T/.out" 2>"$T/.err" </dev/null &
  pid=$!
  for ((tries = 0; tries < 3000; tries++)); do
    kill -0 "$pid" 2>/dev/null || break
    asked=$(wc -l <"$N/access.log")
    if [ "$asked" -ge $((before + 60)) ]; then
      kill -HUP "$NGINX_PID"
      reloads=$((reloads + 1))
      before=$asked
    fi
    sleep 0.01
  done
  wait "$pid" || ended=$?
  expect_equal "$ended" 3 'exit status'
  [ "$reloads" -ge 2 ] || fail "reloaded $reloads times"
  expect_tree_of_recording
  expect_protocol HTTP/2.0
  expect_nothing_lost
  [ "$(connections)" -gt 6 ] || fail 'no connection was ended'
}

live_tests "$@"
