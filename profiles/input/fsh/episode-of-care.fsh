Profile: CPISEpisodeOfCare
Parent: EpisodeOfCare
Id: CPIS-EpisodeOfCare
Title: "CP-IS EpisodeOfCare"
Description: "A plan: one status of one child held by one authority. It is the one truth; the Flag is derived from it. It says that a plan exists, since when and whose it is, never why."
* insert LabelledDataOnly
* insert NoExtension

* insert Required(identifier, 1, [[the authority's own plan id, by which it updates and withdraws the plan; one, so that a plan has one name.]])
* insert PlainIdentifier(identifier)
* identifier.value obeys cpis-own-id and cpis-plan-id-not-nhs-number
* identifier.system obeys cpis-plan-system

* insert Required(status, 1, [[whether the plan holds, has ended, or was never true; no other status is shared.]])
* status from CPISPlanStatus (required)
* insert Bare(status)

* insert Required(type, 1, [[which of the three statuses; a child with two has two plans.]])
* insert PlanTypeConcept(type)

* insert Required(patient, 1, [[the child, for an unborn plan the mother. A plan sent again under another number is a correction: the old record is withdrawn.]])
* insert ChildReference(patient)

* insert Required(managingOrganization, 1, [[the authority that holds the plan, which receives notices of accesses and which a clinician phones.]])
* insert AuthorityReference(managingOrganization)

* insert PlanPeriod(period)

* period obeys cpis-plan-finished-end and cpis-plan-unborn-end

* insert Prohibited(statusHistory, [[versions keep the history.]])
* insert Prohibited(diagnosis, [[why the plan exists is case detail.]])
* insert Prohibited(referralRequest, [[how the plan came about is case detail.]])
* insert Prohibited(careManager, [[who works on the case is case detail; a clinician phones the authority.]])
* insert Prohibited(team, [[who works on the case is case detail; a clinician phones the authority.]])
* insert Prohibited(account, [[who pays is not needed.]])

Invariant: cpis-plan-system
Description: "The system of the plan id must be https://fhir.cpis.example/Id/plan/{ODS}, with the ODS code of the managing organisation."
Severity: #error
Expression: "%resource.managingOrganization.identifier.value.empty() or toString() = 'https://fhir.cpis.example/Id/plan/' + %resource.managingOrganization.identifier.value.toString()"

Invariant: cpis-plan-id-not-nhs-number
Description: "The plan id must not be the NHS number: plan ids appear in URLs and logs, NHS numbers never do. Send your own id of the plan."
Severity: #error
Expression: "%resource.patient.identifier.value.empty() or toString() != %resource.patient.identifier.value.toString()"

Invariant: cpis-plan-finished-end
Description: "A finished plan needs period.end, the day on which it ended."
Severity: #error
Expression: "%resource.status.where($this = 'finished').empty() or end.exists()"

// That an active plan of the other two types has no end in the past is a rule about today, so it stands in the code and not here:
// an expression with today() would make yesterday's valid resource invalid.
Invariant: cpis-plan-unborn-end
Description: "An unborn child protection plan needs period.end, the expected date of delivery."
Severity: #error
Expression: "%resource.status.where($this = 'active').empty() or %resource.type.coding.where(code = '818901000000100').empty() or end.exists()"
