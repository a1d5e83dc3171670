Profile: CPISUpload
Parent: Bundle
Id: CPIS-Upload
Title: "CP-IS Upload"
Description: "What an authority sends: children and their plans in one transaction, all or nothing. Each child is one Patient entry; the plans refer to it by urn:uuid. Each entry is a conditional PUT by the authority's own identifier, so that sending twice does no harm; a plan that was never true is sent as entered-in-error."
* insert BundleApartFromMeta
* insert MetaApartFromLabelAndTag
* insert Prohibited(meta.security, [[who may see a record follows from rules and not from a label.]])
* insert Optional(meta.tag, 1, [[it says that a person sends this about one child by form; what a case system sends has none.]])
* meta.tag from CPISUploadOrigins (required)
* insert Bare(meta.tag)
* insert Required(meta.tag.system, 1, [[a code without its system says nothing.]])
* insert Prohibited(meta.tag.version, [[the code means the same in every version.]])
* insert Required(meta.tag.code, 1, [[it says where the upload comes from.]])
* insert Prohibited(meta.tag.display, [[free text could travel in it.]])
* insert Prohibited(meta.tag.userSelected, [[how the code was chosen is of no use here.]])

* insert Required(type, 1, [[a batch could store a plan without its child.]])
* type = #transaction (exactly)
* insert Optional(timestamp, 1, [[when the data was taken from the register: an older upload never replaces a newer one. At most 10 minutes ahead.]])

// (The rules of an entry stand before the slices, so that the snapshot of each slice has them.)
* insert Required(entry, *, [[an upload without entries is a mistake.]])
* insert Required(entry.fullUrl, 1, [[other entries refer to it.]])
* insert Bare(entry.fullUrl)
* entry.fullUrl obeys cpis-upload-full-url
* insert Required(entry.resource, 1, [[a plan is withdrawn by sending it as entered-in-error, never by leaving it out.]])
* insert Required(entry.request, 1, [[what to do with the resource.]])
* insert BareBackbone(entry.request)
* insert Required(entry.request.method, 1, [[PUT, so that sending twice does no harm.]])
* insert Bare(entry.request.method)
* insert Required(entry.request.url, 1, [[the type and the identifier by which the authority knows the resource.]])
* insert Bare(entry.request.url)
* insert Prohibited(entry.request.ifNoneMatch, [[it is not supported in a transaction. To write only where you know the version, send ifMatch.]])
* insert Prohibited(entry.request.ifModifiedSince, [[it is not supported in a transaction.]])
* insert Optional(entry.request.ifMatch, 1, [[an authority guards against its own stale copy.]])
* insert Bare(entry.request.ifMatch)
* entry.request.ifMatch obeys cpis-entry-if-match
* insert Prohibited(entry.request.ifNoneExist, [[it belongs to POST, and an entry is sent by PUT.]])
* insert Prohibited(entry.response, [[the server answers, the sender does not.]])
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains patient 0..* and episodeOfCare 0..* and flag 0..*
* insert Optional(entry[patient], *, [[one for each child; many plans may refer to it.]])
* entry[patient].resource only CPISPatient
* insert Optional(entry[episodeOfCare], *, [[one for each plan.]])
* entry[episodeOfCare].resource only CPISEpisodeOfCare
* insert Optional(entry[flag], *, [[the server derives it; an authority that holds flags may send one for each plan.]])
* entry[flag].resource only CPISFlag

// Judged by this server's validator with code of its own, under these ids, at the element that is meant; the expressions are for others.
* obeys cpis-upload-entry and cpis-upload-one-authority and cpis-upload-one-entry-per-child and cpis-upload-one-entry-per-plan and cpis-upload-references and cpis-upload-flag-agrees and cpis-upload-form-one-child

Invariant: cpis-upload-entry
Description: "An entry must be a PUT of a Patient, EpisodeOfCare or Flag by one identifier."
Severity: #error
Expression: "entry.all(resource.empty() or request.method.empty() or request.url.empty() or (request.method = 'PUT' and ((resource is Patient and request.url.matches('^Patient[?]identifier=[^&]+$')) or (resource is EpisodeOfCare and request.url.matches('^EpisodeOfCare[?]identifier=[^&]+$')) or (resource is Flag and request.url.matches('^Flag[?]identifier=[^&]+$')))))"

Invariant: cpis-upload-form-one-child
Description: "A form (meta.tag) is about one child."
Severity: #error
Expression: "meta.tag.empty() or (entry.resource.ofType(Patient).identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value.select(toString()) | (entry.resource.ofType(EpisodeOfCare).patient | entry.resource.ofType(Flag).subject).identifier.value.select(toString())).count() <= 1"

Invariant: cpis-upload-full-url
Description: "The fullUrl of an entry must be a urn:uuid, or the http or https URL of the resource in your own system. Other entries refer to it."
Severity: #error
Expression: "matches('^(urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|https?://[^?#]+/(Patient|EpisodeOfCare|Flag)/[A-Za-z0-9.-]{1,64})$')"

Invariant: cpis-entry-if-match
Description: "ifMatch must be the version that you read, written W/\"version\", such as W/\"3\"."
Severity: #error
Expression: "matches('^W/\"[1-9][0-9]{0,8}\"$')"

Invariant: cpis-upload-one-authority
Description: "All entries must belong to one authority: managing organisation, author and the systems of the authority's own ids must name the same ODS code."
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
Description: "The reference of a plan or a Flag to its child must lead to the Patient with the same NHS number."
Severity: #error
Expression: "(entry.resource.ofType(EpisodeOfCare).patient | entry.resource.ofType(Flag).subject).reference.where(startsWith('urn:uuid:')).select(toString()).subsetOf(entry.where(resource is Patient).fullUrl.select(toString()))"

// FHIRPath cannot join two lists, so each plan is written as one line of text (its fullUrl, then what a Flag must repeat) and each Flag that
// refers to an entry of this Bundle in the same way; the lines of the Flags must be among those of the plans. (So the time it takes is linear
// in the size of the Bundle.) The status and London days are compared in the code alone.
Invariant: cpis-upload-flag-agrees
Description: "A Flag that refers to an EpisodeOfCare of this Bundle must have the same plan id, plan type, NHS number, period and authority."
Severity: #error
Expression: "entry.where(resource is Flag).where(resource.extension.value.reference.first().startsWith('urn:uuid:')).select(resource.extension.value.reference.first().toString() + ' ' + resource.identifier.first().system.toString() + ' ' + resource.identifier.first().value.toString() + ' ' + resource.code.coding.first().code.toString() + ' ' + resource.subject.identifier.value.toString() + ' ' + resource.period.start.toString().substring(0, 10) + ' ' + iif(resource.period.end.exists(), resource.period.end.toString().substring(0, 10), '-') + ' ' + resource.author.identifier.value.toString()).subsetOf(entry.where(resource is EpisodeOfCare).select(fullUrl.toString() + ' ' + resource.identifier.first().system.toString() + ' ' + resource.identifier.first().value.toString() + ' ' + resource.type.first().coding.first().code.toString() + ' ' + resource.patient.identifier.value.toString() + ' ' + resource.period.start.toString().substring(0, 10) + ' ' + iif(resource.period.end.exists(), resource.period.end.toString().substring(0, 10), '-') + ' ' + resource.managingOrganization.identifier.value.toString()))"
