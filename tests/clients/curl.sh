#!/usr/bin/env bash
# The job of an authority and of a setting with curl alone. Reads what to do from a folder (see OtherClientsTests.cs): base, authority and setting
# (tokens), upload.json, further.json, subscription.json, nhs-number, plan (system|value of the further plan).
set -euo pipefail
cd "$1"
base=$(<base) number=$(<nhs-number) plan=$(<plan)

ask() { # token file, wanted status, then what curl takes
    local token=$1 wanted=$2 status
    shift 2
    status=$(curl -sS -o answer -D headers -w '%{http_code}' -H "Authorization: Bearer $(<"$token")" "$@")
    [ "$status" = "$wanted" ] || { echo "wanted $wanted, got $status: $* $(<answer)" >&2; exit 1; }
}
json=(-H 'Content-Type: application/fhir+json')
has() { grep -q -- "$1" "${2:-answer}" || { echo "no '$1' in $(<"${2:-answer}")" >&2; exit 1; }; }
location() { tr -d '\r' <headers | sed -n 's/^[Ll]ocation: \(.*\)\/_history.*/\1/p'; }

# An authority uploads a child with a plan, adds a second plan, ends it, and deletes it.
ask authority 200 "${json[@]}" --data-binary @upload.json "$base"
ask authority 201 "${json[@]}" --data-binary @further.json "$base/EpisodeOfCare"
cp answer plan.json
address=$(location)
sed 's/"status":"active"/"status":"entered-in-error"/' plan.json >wrong.json
ask authority 200 -X PUT "${json[@]}" -H 'If-Match: W/"1"' -H 'Prefer: return=OperationOutcome' --data-binary @wrong.json "$address"
ask authority 412 -X PUT "${json[@]}" -H 'If-Match: W/"1"' --data-binary @wrong.json "$address"
ask authority 200 "$address/_history/1"
has '"status":"active"'
ask authority 304 -H 'If-None-Match: W/"2"' "$address"
ask authority 200 --head "$address"
ask authority 200 --get --data-urlencode "identifier=$plan" --data-urlencode _include=EpisodeOfCare:patient --data _elements=period "$base/EpisodeOfCare"
has SUBSETTED && has '"resourceType":"Patient"'
ask authority 204 -X DELETE "$address"
ask authority 410 "$address"
ask authority 200 "$address/_history"
has '"method":"DELETE"'

# It subscribes, and ends that.
ask authority 201 "${json[@]}" --data-binary @subscription.json "$base/Subscription"
ask authority 204 -X DELETE "$(location)"

# A setting looks the child up, in JSON and in XML, and sees who asked before; the authority reads of the accesses.
for format in json xml; do
    ask setting 200 -H "Accept: application/fhir+$format" --data-urlencode "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|$number" "$base/Flag/_search"
    has 'PLAN HELD for '
done
ask setting 200 "${json[@]}" --data "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"nhsNumber\",\"valueString\":\"$number\"}]}" "$base/Patient/\$child-protection"
has 'PLAN HELD for '
ask setting 200 --data-urlencode "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|$number" "$base/AuditEvent/_search"
has '"resourceType":"AuditEvent"'
ask authority 200 --data-urlencode "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|$number" "$base/AuditEvent/_search"
has '"resourceType":"AuditEvent"'
echo done
