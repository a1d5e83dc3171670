Profile: CPISAcknowledgement
Parent: Bundle
Id: CPIS-Acknowledgement
Title: "CP-IS Acknowledgement"
Description: "What an authority gets back for an upload that was stored: one entry per entry of the upload, in the same order. An upload that was refused gets an OperationOutcome instead, for nothing of it was stored."
* insert BundleOnly

// Required and fixed.
* type = #transaction-response (exactly)
* timestamp 0..1

// Required: as many entries as were sent, which cannot be none.
* entry 1..*
// Prohibited: the authority has the resources already, and a receipt that carries no personal data can be kept and passed on.
* entry.resource 0..0
* entry.fullUrl 0..0
* entry.request 0..0
// Required: what became of the entry. Location and version let the authority read exactly what was stored.
* entry.response 1..1
* entry.response obeys cpis-acknowledgement-status and cpis-acknowledgement-outcome
* entry.response.location obeys cpis-acknowledgement-location

Invariant: cpis-acknowledgement-status
Description: "The status of a stored entry is 200, 201 or 204; 200 and 201 have a location and an ETag."
Severity: #error
Expression: "status.matches('^(200|201|204)( .*)?$') and (status.startsWith('204') or (location.exists() and etag.exists()))"

// Optional: an outcome carries a warning, such as another authority's record that differs in name or date of birth, or says that
// the entry was unchanged: known already, so that no new version was made.
Invariant: cpis-acknowledgement-outcome
Description: "An outcome is an OperationOutcome without errors."
Severity: #error
Expression: "outcome.all($this is OperationOutcome) and outcome.ofType(OperationOutcome).issue.severity.all($this = 'warning' or $this = 'information')"

Invariant: cpis-acknowledgement-location
Description: "A location is a type, an id and a version: it carries no NHS number."
Severity: #error
Expression: "matches('^(.*/)?(Patient|EpisodeOfCare|Flag)/[A-Za-z0-9.-]{1,64}/_history/[A-Za-z0-9.-]{1,64}$')"
