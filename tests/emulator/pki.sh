#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pki.sh FOLDER
#
# Makes a private CA and what is needed to run the emulator with it, by openssl:
#   ca.pem                        what a client trusts
#   server.pem server.key         of the emulator, for localhost
#   other.pem other.key           of the same name, by a CA nobody trusts
#   client.pem client.key         of the second application (client-certificate)
#   issuer.pub issuer.key         of the identity provider that vouches for the third
# Keys are of mode 0600. Nothing is made again that is there.
set -eu
umask 077
dir=${1:?usage: pki.sh FOLDER}
mkdir -p "$dir"
cd "$dir"
[ -e made ] && exit 0

quiet() {
  "$@" 2>openssl.log || { cat openssl.log >&2; exit 1; }
}
authority() { # NAME SUBJECT
  quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$2" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$1.key" -out "$1.pem"
}
server() { # NAME AUTHORITY
  quiet openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$1.key" -out "$1.csr"
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >"$1.ext"
  quiet openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.pem"
}

authority ca 'Emulator CA'
authority foreign 'Foreign CA'
server server ca
server other foreign
quiet openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=palscan application' -keyout client.key -out client.pem
quiet openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out issuer.key
quiet openssl pkey -in issuer.key -pubout -out issuer.pub
: >made
