Profile: CPISUpload
Parent: Bundle
Id: CPIS-Upload
Title: "CP-IS Upload"
Description: "What an authority sends: children and their plans in one transaction, all or nothing. Each child is one Patient entry; the plans refer to it by urn:uuid. Each entry is a conditional PUT by the authority's own identifier, so that sending twice does no harm; a plan that was never true is sent as entered-in-error."
* insert BundleOnly

// Required and fixed: a batch could store a plan without its child.
* type = #transaction (exactly)
// Optional: when the sender made it.
* timestamp 0..1

// Required: an upload without entries is a mistake. Only the three types of a record may be sent.
// (The rules of an entry stand before the slices, so that the snapshot of each slice has them.)
* entry 1..*
* entry obeys cpis-upload-entry and cpis-upload-full-url
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains patient 0..* and episodeOfCare 0..* and flag 0..*
* entry[patient].resource 1..1
* entry[patient].resource only CPISPatient
* entry[episodeOfCare].resource 1..1
* entry[episodeOfCare].resource only CPISEpisodeOfCare
* entry[flag].resource 1..1
* entry[flag].resource only CPISFlag

// Required: what to do. ifMatch is optional, for an authority that guards against its own stale copy; the others have no meaning for PUT by identifier.
* entry.request 1..1
* entry.request.ifNoneMatch 0..0
* entry.request.ifModifiedSince 0..0
* entry.request.ifNoneExist 0..0
* entry.response 0..0
* obeys cpis-upload-one-authority and cpis-upload-one-entry-per-child and cpis-upload-one-entry-per-plan and cpis-upload-references

Invariant: cpis-upload-entry
Description: "An entry puts a Patient, EpisodeOfCare or Flag by one identifier."
Severity: #error
Expression: "request.method = 'PUT' and ((resource is Patient and request.url.matches('^Patient[?]identifier=[^&]+$')) or (resource is EpisodeOfCare and request.url.matches('^EpisodeOfCare[?]identifier=[^&]+$')) or (resource is Flag and request.url.matches('^Flag[?]identifier=[^&]+$')))"

Invariant: cpis-upload-full-url
Description: "An entry with a resource has a urn:uuid as fullUrl, by which other entries refer to it."
Severity: #error
Expression: "resource.exists() implies fullUrl.matches('^urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$')"

Invariant: cpis-upload-one-authority
Description: "All entries belong to one authority: managing organisation, author and the systems of the authority's own ids name one ODS code."
Severity: #error
Expression: "(entry.resource.managingOrganization.identifier.value.select(toString()) | entry.resource.author.identifier.value.select(toString()) | entry.resource.ofType(Patient).identifier.where(system.startsWith('https://fhir.cpis.example/Id/local-person/')).system.select(toString().replace('https://fhir.cpis.example/Id/local-person/', ''))).count() <= 1"

Invariant: cpis-upload-one-entry-per-child
Description: "One Patient entry per NHS number; many plans may refer to it."
Severity: #error
Expression: "entry.resource.ofType(Patient).identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value.isDistinct()"

Invariant: cpis-upload-one-entry-per-plan
Description: "One EpisodeOfCare entry and at most one Flag entry per plan id."
Severity: #error
Expression: "entry.resource.ofType(EpisodeOfCare).identifier.value.isDistinct() and entry.resource.ofType(Flag).identifier.value.isDistinct()"

Invariant: cpis-upload-references
Description: "A urn:uuid to which an entry refers is the fullUrl of an entry of the right type in this Bundle."
Severity: #error
Expression: "(entry.resource.ofType(EpisodeOfCare).patient | entry.resource.ofType(Flag).subject).reference.where(startsWith('urn:uuid:')).select(toString()).subsetOf(entry.where(resource is Patient).fullUrl.select(toString())) and entry.resource.ofType(Flag).extension.value.reference.where(startsWith('urn:uuid:')).select(toString()).subsetOf(entry.where(resource is EpisodeOfCare).fullUrl.select(toString()))"
