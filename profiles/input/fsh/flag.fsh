Profile: CPISFlag
Parent: Flag
Id: CPIS-Flag
Title: "CP-IS Flag"
Description: "What a clinician sees: the alert that a plan exists, derived from its EpisodeOfCare when that is stored. An authority may send it along; then it must agree with the EpisodeOfCare."
* insert DataOnly

// Required: the EpisodeOfCare that this flag stands for. No other extension.
* extension 1..1
* extension contains $flag-detail named flagDetail 1..1
* extension[flagDetail].valueReference only Reference(EpisodeOfCare)
* extension[flagDetail].valueReference.reference 1..1
* extension[flagDetail].valueReference.identifier 0..0
* extension[flagDetail].valueReference.type 0..0
* extension[flagDetail].valueReference.display 0..0

// Required: the same plan id as the EpisodeOfCare, so that one search finds both.
* identifier 1..1
* insert PlainIdentifier(identifier)
* identifier.value obeys cpis-own-id

// Required by R4: active while the plan is active, inactive when it is finished, entered-in-error when it was never true.
* status.extension 0..0

// Required and fixed: a flag of this service is a safety alert and nothing else.
* category 1..1
* category = $flag-category#safety
* category.coding 1..1
* category.text 0..0
* category.extension 0..0

// Required: the plan type, with the same code as the EpisodeOfCare.
* insert PlanTypeConcept(code)

// Required: the child, as on the EpisodeOfCare.
* insert ChildReference(subject)

// Required: as on the EpisodeOfCare.
* insert PlanPeriod(period)

// Required: the authority, for Flag:author brings its phone numbers into the answer of a look-up.
* author 1..1
* insert AuthorityReference(author)

// Prohibited: a plan is not tied to a visit; and a visit would say where the child was seen.
* encounter 0..0

* obeys cpis-flag-system and cpis-flag-inactive-end and cpis-flag-unborn-end

Invariant: cpis-flag-system
Description: "The system of the plan id is https://fhir.cpis.example/Id/plan/{ODS} with the ODS code of the author."
Severity: #error
Expression: "identifier.system = 'https://fhir.cpis.example/Id/plan/' + author.identifier.value"

Invariant: cpis-flag-inactive-end
Description: "An inactive flag has an end."
Severity: #error
Expression: "status = 'inactive' implies period.end.exists()"

Invariant: cpis-flag-unborn-end
Description: "The flag of an unborn child protection plan has an end: the expected date of delivery."
Severity: #error
Expression: "code.coding.where(code = '818901000000100').exists() implies period.end.exists()"
