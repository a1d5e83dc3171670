Profile: CPISPatient
Parent: Patient
Id: CPIS-Patient
Title: "CP-IS Patient"
Description: "One child (for an unborn plan, the mother) as ONE authority knows them: who they are, and nothing more. The same child held by two authorities is two Patients, joined at look-up by NHS number."
* insert DataOnly
* insert NoExtension

* insert Required(identifier, 2, [[the NHS number and perhaps the authority's own id; a third has no use here.]])
* insert PlainIdentifier(identifier)
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains nhsNumber 1..1
* identifier[nhsNumber] ^short = "NHS number"
* insert Required(identifier[nhsNumber], 1, [[it is the only key of a look-up. The other identifier is optional: the local person id by which a notification finds its case, never shown to a setting.]])
* identifier[nhsNumber].system = "https://fhir.nhs.uk/Id/nhs-number" (exactly)
* identifier[nhsNumber].value obeys cpis-nhs-number
* identifier obeys cpis-patient-local-id
* identifier.system obeys cpis-patient-authority

* insert Required(name, 1, [[a clinician sees that this is the child before them; aliases and former names are case detail.]])
* insert Bare(name)
* insert Prohibited(name.use, [[with one name there is nothing to choose.]])
* insert Prohibited(name.text, [[it would repeat the parts or add to them.]])
* insert Required(name.family, 1, [[a child is recognised by family and given name. For a person with one name, send that name as family and as given. For a newborn without a name, send the mother's family name as family and BABY as given.]])
* insert Bare(name.family)
* name.family ^maxLength = 200
* name.family obeys cpis-patient-name-trimmed and cpis-patient-name-one-line
* insert Required(name.given, 20, [[a child is recognised by family and given name. For a person with one name, send that name as family and as given. For a newborn without a name, send the mother's family name as family and BABY as given.]])
* insert Bare(name.given)
* name.given ^maxLength = 200
* name.given obeys cpis-patient-name-trimmed and cpis-patient-name-one-line
* insert Prohibited(name.prefix, [[a title does not help to recognise a child.]])
* insert Prohibited(name.suffix, [[a suffix does not help to recognise a child.]])
* insert Prohibited(name.period, [[a former name is case detail.]])

* insert Required(birthDate, 1, [[it confirms identity, and the 18th birthday ends visibility.]])
* birthDate obeys cpis-birth-date-day
* insert Bare(birthDate)

* insert Optional(managingOrganization, 1, [[the server sets it from the caller; an authority that sends it names itself.]])
* insert AuthorityReference(managingOrganization)

* insert Prohibited(active, [[a plan that no longer holds is finished or withdrawn; the person is not.]])
* insert Prohibited(telecom, [[a number to call could locate a child at risk.]])
* insert Prohibited(gender, [[it is not needed to recognise the child by NHS number, name and date of birth.]])
* insert Prohibited(deceased[x], [[what is shown ends with the plan, which its authority ends.]])
* insert Prohibited(address, [[it could locate a child at risk.]])
* insert Prohibited(maritalStatus, [[it has no use here.]])
* insert Prohibited(multipleBirth[x], [[each child is a person of their own, with an NHS number.]])
* insert Prohibited(photo, [[it has no use here, and could locate a child at risk.]])
* insert Prohibited(contact, [[family and carers are case detail.]])
* insert Prohibited(communication, [[it has no use here.]])
* insert Prohibited(generalPractitioner, [[it could locate a child at risk.]])
* insert Prohibited(link, [[it would join the old and the new NHS number of an adopted child, which must never happen.]])

Invariant: cpis-patient-local-id
Description: "An identifier that is not the NHS number must be the authority's local person id: system https://fhir.cpis.example/Id/local-person/{ODS}, and 1 to 64 letters, digits or . _ : / - as the value."
Severity: #error
Expression: "system.empty() or system = 'https://fhir.nhs.uk/Id/nhs-number' or (system.matches('^https://fhir[.]cpis[.]example/Id/local-person/[A-Z0-9]{3,12}$') and (value.empty() or value.matches('^[A-Za-z0-9._:/-]{1,64}$')))"

Invariant: cpis-patient-authority
Description: "The local person id must belong to the authority that manages the record: both must have the same ODS code."
Severity: #error
Expression: "startsWith('https://fhir.cpis.example/Id/local-person/').not() or %resource.managingOrganization.identifier.value.empty() or toString() = 'https://fhir.cpis.example/Id/local-person/' + %resource.managingOrganization.identifier.value.toString()"

Invariant: cpis-patient-name-trimmed
Description: "A name must not begin or end with a space, because it would differ from the same name elsewhere. Remove the space."
Severity: #error
Expression: "matches('^\\\\s').not() and matches('\\\\s$').not()"

Invariant: cpis-patient-name-one-line
Description: "A name must not contain a tab, a line break or an invisible character. Type the name again."
Severity: #error
Expression: "replace('\\u200C', '').replace('\\u200D', '').matches('[\\\\p{Cc}\\\\p{Cf}\\\\p{Zl}\\\\p{Zp}]').not()"

Invariant: cpis-birth-date-day
Description: "A date of birth must be a day from 1900 on, written as YYYY-MM-DD, because the 18th birthday decides who sees a plan."
Severity: #error
Expression: "toString().length() >= 10 and (toString().matches('^[0-9]{4}-').not() or toString().substring(0, 4) >= '1900')"
