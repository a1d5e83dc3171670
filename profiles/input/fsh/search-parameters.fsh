// R4 4.0.1 has what a look-up and an authority need: EpisodeOfCare has identifier, patient, status, type, date and organization; Flag has
// identifier, patient, subject, author and date; AuditEvent has patient, date and subtype; a child is found by chaining, patient.identifier.
// Missing are the status of a Flag, which R5 added, and its code, which no version has.
Instance: Flag-status
InstanceOf: SearchParameter
Usage: #definition
* url = "https://fhir.cpis.example/SearchParameter/Flag-status"
* insert Version
* name = "FlagStatus"
* status = #draft
* experimental = false
* publisher = "The CpIs.Fhir contributors"
* description = "Finds flags by status: active, inactive or entered-in-error."
* code = #status
* base = #Flag
* type = #token
* expression = "Flag.status"
* xpath = "f:Flag/f:status"
* xpathUsage = #normal
* multipleOr = true
* multipleAnd = true

Instance: Flag-code
InstanceOf: SearchParameter
Usage: #definition
* url = "https://fhir.cpis.example/SearchParameter/Flag-code"
* insert Version
* name = "FlagCode"
* status = #draft
* experimental = false
* publisher = "The CpIs.Fhir contributors"
* description = "Finds flags by plan type."
* code = #code
* base = #Flag
* type = #token
* expression = "Flag.code"
* xpath = "f:Flag/f:code"
* xpathUsage = #normal
* multipleOr = true
* multipleAnd = true
