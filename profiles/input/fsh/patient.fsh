Profile: CPISPatient
Parent: Patient
Id: CPIS-Patient
Title: "CP-IS Patient"
Description: "One child (for an unborn plan, the mother) as ONE authority knows them: who they are and nothing more. The same child held by two authorities is two Patients, joined at look-up by NHS number."
* insert DataOnly
* extension 0..0

// Required: the NHS number is the only key of a look-up. Optional: the authority's local person id, so that a notification
// finds its case; it is never shown to a setting. No third identifier: none has a use here.
* identifier 1..2
* insert PlainIdentifier(identifier)
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains nhsNumber 1..1
* identifier[nhsNumber] ^short = "NHS number"
* identifier[nhsNumber].system = "https://fhir.nhs.uk/Id/nhs-number" (exactly)
* identifier[nhsNumber].value obeys cpis-nhs-number
* obeys cpis-patient-local-id and cpis-patient-authority

// Required: family and given name let a clinician see that this is the child before them. One name: aliases and former names are
// case detail. Prefix, suffix, use and text are not needed to recognise a child.
* name 1..1
* name.family 1..1
* name.given 1..*
* name.use 0..0
* name.text 0..0
* name.prefix 0..0
* name.suffix 0..0
* name.period 0..0
* name.extension 0..0

// Required: it confirms identity, and the 18th birthday ends visibility; so the day must be there. Time of birth is not needed.
* birthDate 1..1
* birthDate obeys cpis-birth-date-day
* birthDate.extension 0..0

// Optional: set by the server from the caller. When an authority sends it, it must be itself.
* managingOrganization 0..1
* insert AuthorityReference(managingOrganization)

// Prohibited: nothing here is needed to say that a plan exists, and each could locate or describe a child at risk.
* active 0..0
* telecom 0..0
* gender 0..0
* deceased[x] 0..0
* address 0..0
* maritalStatus 0..0
* multipleBirth[x] 0..0
* photo 0..0
* contact 0..0
* communication 0..0
* generalPractitioner 0..0
// A link would join the old and the new NHS number of an adopted child, which must never happen.
* link 0..0

Invariant: cpis-patient-local-id
Description: "An identifier that is not the NHS number is the authority's local person id: system https://fhir.cpis.example/Id/local-person/{ODS}."
Severity: #error
Expression: "identifier.where(system != 'https://fhir.nhs.uk/Id/nhs-number').all(system.matches('^https://fhir[.]cpis[.]example/Id/local-person/[A-Z0-9]{3,12}$') and value.matches('^[A-Za-z0-9._:/-]{1,64}$'))"

Invariant: cpis-patient-authority
Description: "The local person id carries the ODS code of the authority that manages the record."
Severity: #error
Expression: "managingOrganization.empty() or identifier.where(system.startsWith('https://fhir.cpis.example/Id/local-person/')).system.select(toString()).subsetOf(managingOrganization.identifier.value.select('https://fhir.cpis.example/Id/local-person/' + $this))"

Invariant: cpis-birth-date-day
Description: "The date of birth names the day."
Severity: #error
Expression: "toString().length() = 10"
