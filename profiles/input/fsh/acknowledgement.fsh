Profile: CPISAcknowledgement
Parent: Bundle
Id: CPIS-Acknowledgement
Title: "CP-IS Acknowledgement"
Description: "What an authority gets back for an upload that was stored: one entry per entry of the upload, in the same order. An upload that was refused gets an OperationOutcome instead, for nothing of it was stored."
* insert BundleOnly

* insert Required(type, 1, [[it answers a transaction.]])
* type = #transaction-response (exactly)
* insert Optional(timestamp, 1, [[when it was made.]])

* insert Required(entry, *, [[one for each entry that was sent, so at least one.]])
* insert Prohibited(entry.fullUrl, [[the entry has no resource.]])
* insert Prohibited(entry.resource, [[the authority has the resources already, and a receipt without personal data can be kept and passed on.]])
* insert Prohibited(entry.request, [[the authority knows what it sent.]])
* insert Required(entry.response, 1, [[it says what was done with the entry.]])
* insert BareBackbone(entry.response)
* entry.response obeys cpis-acknowledgement-status and cpis-acknowledgement-outcome
* insert Required(entry.response.status, 1, [[what was done: 200, 201 or 204.]])
* insert Optional(entry.response.location, 1, [[the authority reads exactly what was stored; what was removed has none.]])
* entry.response.location obeys cpis-acknowledgement-location
* insert Optional(entry.response.etag, 1, [[it is the version for a later ifMatch.]])
* insert Optional(entry.response.lastModified, 1, [[when it was stored.]])
* insert Optional(entry.response.outcome, 1, [[a warning, such as a plan that starts before birth; or that the entry was known already, or is older than what is held, so that no new version was made.]])

Invariant: cpis-acknowledgement-status
Description: "The status of a stored entry must be 200, 201 or 204; 200 and 201 need a location and an ETag."
Severity: #error
Expression: "status.empty() or (status.matches('^(200|201|204)( .*)?$') and (status.startsWith('204') or (location.exists() and etag.exists())))"

Invariant: cpis-acknowledgement-outcome
Description: "An outcome must be an OperationOutcome without errors."
Severity: #error
Expression: "outcome.all($this is OperationOutcome) and outcome.ofType(OperationOutcome).issue.severity.all($this = 'warning' or $this = 'information')"

Invariant: cpis-acknowledgement-location
Description: "A location must be a type, an id and a version. It must not contain an NHS number."
Severity: #error
Expression: "matches('^(.*/)?(Patient|EpisodeOfCare|Flag)/[A-Za-z0-9.-]{1,64}/_history/[A-Za-z0-9.-]{1,64}$')"
