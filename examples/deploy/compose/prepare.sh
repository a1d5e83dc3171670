#!/bin/sh
# Makes every secret of the example, once, into one volume: a certificate authority and what it signs, the key that the
# members of the replica set share, two database passwords, the operator's key. Nothing is in the repository, nothing
# leaves the volume, and `docker compose down --volumes` forgets it all. For trying out: in earnest, secrets come from
# your own vault and certificates from your own authority (docs/operations.md).
#
# Runs as the owner of the volume without root: it gives each reader a directory of its own by that reader's group.
#   prepare.sh DIRECTORY
set -eu
umask 077

out=$1
host=localhost # under which callers reach the exchange; also in fhir.config.json, PublicBaseUrl
days=825

mongo=$(id -g) # mongod, in the image that this runs in
edge=99        # haproxy
exchange=1654  # the exchange (APP_UID of .NET's images)
operator=1655  # the person at the tool

[ ! -e "$out/complete" ] || exit 0
cd "$out"
rm -rf ca mongo exchange edge operator
mkdir ca mongo exchange edge operator
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

new_key() { openssl ecparam -name "$1" -genkey -noout; }
password() { openssl rand -hex 24; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# --- certificates -----------------------------------------------------------------------------------------------------
new_key prime256v1 > "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -days "$days" -subj "/O=CP-IS example/CN=CP-IS example authority" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" -out ca/ca.pem

certify() { # path without ending, names, uses
    new_key prime256v1 | openssl pkcs8 -topk8 -nocrypt > "$1.key"
    printf 'subjectAltName=%s\nextendedKeyUsage=%s\nkeyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE\n' \
        "$2" "$3" > "$work/extensions"
    openssl req -new -key "$1.key" -subj "/O=CP-IS example/CN=${1##*/}" |
        openssl x509 -req -CA ca/ca.pem -CAkey "$work/ca.key" -CAcreateserial -CAserial "$work/serial" \
            -days "$days" -extfile "$work/extensions" -out "$1.pem" 2> /dev/null
}

for member in mongo1 mongo2 mongo3; do
    # A member is a server to all and a client of the others.
    certify "mongo/$member" "DNS:$member,DNS:localhost,IP:127.0.0.1" "serverAuth,clientAuth"
    cat "mongo/$member.key" >> "mongo/$member.pem"
    rm "mongo/$member.key"
done
certify exchange/tls "DNS:exchange-1,DNS:exchange-2" serverAuth
certify edge/tls "DNS:$host,DNS:edge,IP:127.0.0.1" serverAuth
cat edge/tls.key >> edge/tls.pem
rm edge/tls.key

# --- the replica set and its users ------------------------------------------------------------------------------------
openssl rand -base64 756 > mongo/members.key
password > mongo/admin.password
password > mongo/cpis.password
printf 'mongodb://cpis:%s@mongo1:27017,mongo2:27017,mongo3:27017/?replicaSet=cpis&tls=true&authSource=cpis' \
    "$(cat mongo/cpis.password)" > exchange/connection-string

# --- the first operator: a client file for `cpis`, and its public half for the exchange -------------------------------
new_key secp384r1 | openssl ec -outform DER -out "$work/operator.der" 2> /dev/null
# SEC 1: eight bytes of frame, then the private number; the public point is what the file ends with.
d=$(tail -c +9 "$work/operator.der" | head -c 48 | base64url)
x=$(tail -c 96 "$work/operator.der" | head -c 48 | base64url)
y=$(tail -c 48 "$work/operator.der" | base64url)
public="\"kty\":\"EC\",\"kid\":\"operator-1\",\"use\":\"sig\",\"alg\":\"ES384\",\"crv\":\"P-384\",\"x\":\"$x\",\"y\":\"$y\""
printf '{"clientId":"operator","kind":"operator","organisation":"XOP99","jwk":{%s,"d":"%s"}}\n' "$public" "$d" > operator/operator.json
printf '{%s}\n' "$public" > exchange/operator.public.json

# --- who may read what ------------------------------------------------------------------------------------------------
chmod 755 "$out" ca
chmod 444 ca/ca.pem
share() { # directory, group, mode of the directory
    chgrp -R "$2" "$1"
    chmod 440 "$1"/*
    chmod "$3" "$1"
}
share edge "$edge" 750
share exchange "$exchange" 750
share operator "$operator" 770 # `cpis key new` puts further keys here
chgrp -R "$mongo" mongo
chmod 400 mongo/* # mongod takes no shared key that a group can read
chmod 700 mongo

: > complete
echo "Made the secrets of the example."
