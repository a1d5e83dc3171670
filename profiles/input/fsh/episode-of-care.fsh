Profile: CPISEpisodeOfCare
Parent: EpisodeOfCare
Id: CPIS-EpisodeOfCare
Title: "CP-IS EpisodeOfCare"
Description: "A plan: one status of one child held by one authority. It is the one truth; the Flag is derived from it. It says that a plan exists, since when and whose it is, never why."
* insert DataOnly
* extension 0..0

// Required: the authority's own plan id, by which it updates and withdraws the plan. One, so that a plan has one name.
* identifier 1..1
* insert PlainIdentifier(identifier)
* identifier.value obeys cpis-own-id

// Required: whether the plan holds, has ended, or was never true. No other status is shared.
* status from CPISPlanStatus (required)
* status.extension 0..0

// Required: which of the three statuses. One per plan: a child with two statuses has two plans.
* type 1..1
* insert PlanTypeConcept(type)

// Required: the child; for an unborn plan the mother. Immutable: a wrong number is withdrawn and sent anew under a new plan id.
* insert ChildReference(patient)

// Required: the authority that holds the plan, which is told of accesses and whose phone numbers a clinician rings.
* managingOrganization 1..1
* insert AuthorityReference(managingOrganization)

// Required: period with its start. The end is optional, but see cpis-plan-finished-end and cpis-plan-unborn-end.
* insert PlanPeriod(period)

* obeys cpis-plan-system and cpis-plan-id-not-nhs-number and cpis-plan-finished-end and cpis-plan-unborn-end

// Prohibited: history is kept by versions; the rest is the content of the case (why, who works on it, who pays).
* statusHistory 0..0
* diagnosis 0..0
* referralRequest 0..0
* careManager 0..0
* team 0..0
* account 0..0

Invariant: cpis-plan-system
Description: "The system of the plan id is https://fhir.cpis.example/Id/plan/{ODS} with the ODS code of the managing organisation."
Severity: #error
Expression: "identifier.system = 'https://fhir.cpis.example/Id/plan/' + managingOrganization.identifier.value"

Invariant: cpis-plan-id-not-nhs-number
Description: "The plan id is not the NHS number: plan ids appear in URLs and logs, NHS numbers never do."
Severity: #error
Expression: "identifier.value.intersect(patient.identifier.value).empty()"

Invariant: cpis-plan-finished-end
Description: "A finished plan has an end."
Severity: #error
Expression: "status = 'finished' implies period.end.exists()"

// That an active plan of the other two types has no end in the past is a rule about today, so it stands in the code and not here:
// an expression with today() would make yesterday's valid resource invalid.
Invariant: cpis-plan-unborn-end
Description: "An unborn child protection plan has an end: the expected date of delivery."
Severity: #error
Expression: "type.coding.where(code = '818901000000100').exists() implies period.end.exists()"
