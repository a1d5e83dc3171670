// Rules that every profile of this project repeats. CP-IS holds a pointer to a plan, never its content: so
// each profile names what it takes and prohibits everything else. A prohibited element is refused, not dropped,
// so that a sender learns at once that it sends more than it may.

// A resource carries data and nothing else: narrative, contained resources, extensions and foreign rules are places
// where case detail could travel unseen. `id` and `meta` stay, because REST needs them.
RuleSet: DataOnly
* implicitRules 0..0
* language 0..0
* text 0..0
* contained 0..0
* modifierExtension 0..0

RuleSet: NoExtension(path)
* {path}.extension 0..0

// A Bundle has no narrative; the rest is as above. A signature is not verified by this server, so it is not taken.
RuleSet: BundleOnly
* implicitRules 0..0
* language 0..0
* identifier 0..0
* total 0..0
* link 0..0
* signature 0..0
* entry.extension 0..0
* entry.modifierExtension 0..0
* entry.link 0..0
* entry.search 0..0

// An identifier is its system and its value; use, type, period and assigner add nothing that this service reads.
RuleSet: PlainIdentifier(path)
* {path}.use 0..0
* {path}.type 0..0
* {path}.period 0..0
* {path}.assigner 0..0
* {path}.extension 0..0
* {path}.system 1..1
* {path}.value 1..1

// The child: the reference ties the record to the authority's Patient, the NHS number is what a look-up asks for.
// `display` is prohibited because it would repeat the name, `type` because only a Patient is possible.
RuleSet: ChildReference(path)
* {path} only Reference(Patient)
* {path}.reference 1..1
* {path}.identifier 1..1
* insert PlainIdentifier({path}.identifier)
* {path}.identifier.system = "https://fhir.nhs.uk/Id/nhs-number" (exactly)
* {path}.identifier.value obeys cpis-nhs-number
* {path}.type 0..0
* {path}.display 0..0
* {path}.extension 0..0

// The authority: the ODS code is required, the server adds the reference to its Organization. `display` is prohibited so that
// the authority's name has one source, the Organization.
RuleSet: AuthorityReference(path)
* {path} only Reference(Organization)
* {path}.identifier 1..1
* insert PlainIdentifier({path}.identifier)
* {path}.identifier.system = "https://fhir.nhs.uk/Id/ods-organization-code" (exactly)
* {path}.identifier.value obeys cpis-ods-code
* {path}.type 0..0
* {path}.display 0..0
* {path}.extension 0..0

// One of the three plan types, by its SNOMED CT code. `text` is prohibited: free text is where a reason would be written.
RuleSet: PlanTypeConcept(path)
* {path} from CPISPlanType (required)
* {path}.coding 1..1
* {path}.coding.system 1..1
* {path}.coding.system = "http://snomed.info/sct" (exactly)
* {path}.coding.code 1..1
* {path}.coding.version 0..0
* {path}.coding.userSelected 0..0
* {path}.coding.extension 0..0
* {path}.coding obeys cpis-plan-type-display
* {path}.text 0..0
* {path}.extension 0..0

// From when until when the plan holds. The start decides from when it is seen and is required; days are London days.
RuleSet: PlanPeriod(path)
* {path} 1..1
* {path}.start 1..1
* {path}.extension 0..0
* {path} obeys cpis-period-order and cpis-period-day

Invariant: cpis-period-order
Description: "A period ends on or after the day on which it starts."
Severity: #error
Expression: "end.exists() and start.exists() implies start.toString().substring(0, 10) <= end.toString().substring(0, 10)"

Invariant: cpis-period-day
Description: "Start and end name at least the day: a month or a year cannot decide who sees a plan on which day."
Severity: #error
Expression: "(start | end).all(toString().length() >= 10)"

Invariant: cpis-plan-type-display
Description: "A display, when sent, is the one that the value set gives: it is not a place for free text."
Severity: #error
Expression: "display.empty() or (code = '342191000000101' and display = 'Subject to child protection plan') or (code = '764841000000100' and display = 'Looked after child') or (code = '818901000000100' and display = 'Unborn child subject to child protection plan')"
