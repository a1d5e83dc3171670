// Organisations are kept by the operator; nobody uploads them. Both profiles name an organisation by its ODS code alone.
RuleSet: OdsOrganisation
* insert DataOnly
* identifier 1..1
* insert PlainIdentifier(identifier)
* identifier.system = "https://fhir.nhs.uk/Id/ods-organization-code" (exactly)
* identifier.value obeys cpis-ods-code
// Required: what a person reads, in a look-up answer and in the history.
* name 1..1
* name.extension 0..0
// Prohibited: no rule of this service reads them.
* active 0..0
* type 0..0
* alias 0..0
* address 0..0
* partOf 0..0
* contact 0..0
* endpoint 0..0

Profile: CPISAuthority
Parent: Organization
Id: CPIS-Authority
Title: "CP-IS Authority"
Description: "A local authority: who holds a plan and which number to ring, by day and at night."
* insert OdsOrganisation
* extension 0..0
// Required: the emergency duty number, because a child may come at night. Optional: the office hours number. Both are phones:
// a clinician rings, and must not send a child's details by mail. `use` work and mobile are what the national API uses for the two.
* telecom 1..2
* telecom ^slicing.discriminator.type = #value
* telecom ^slicing.discriminator.path = "use"
* telecom ^slicing.rules = #closed
* telecom contains officeHours 0..1 and emergencyDuty 1..1
* telecom[officeHours] ^short = "Office hours"
* telecom[officeHours].extension 0..0
* telecom[officeHours].system 1..1
* telecom[officeHours].system = #phone (exactly)
* telecom[officeHours].value 1..1
* telecom[officeHours].value obeys cpis-phone
* telecom[officeHours].use 1..1
* telecom[officeHours].use = #work (exactly)
* telecom[officeHours].rank 1..1
* telecom[officeHours].rank = 1 (exactly)
* telecom[officeHours].period 0..0
* telecom[emergencyDuty] ^short = "Emergency duty team"
* telecom[emergencyDuty].extension 1..1
* telecom[emergencyDuty].extension contains EmergencyDuty named emergencyDuty 1..1
* telecom[emergencyDuty].extension[emergencyDuty].valueBoolean = true (exactly)
* telecom[emergencyDuty].system 1..1
* telecom[emergencyDuty].system = #phone (exactly)
* telecom[emergencyDuty].value 1..1
* telecom[emergencyDuty].value obeys cpis-phone
* telecom[emergencyDuty].use 1..1
* telecom[emergencyDuty].use = #mobile (exactly)
* telecom[emergencyDuty].rank 1..1
* telecom[emergencyDuty].rank = 2 (exactly)
* telecom[emergencyDuty].period 0..0

Profile: CPISSetting
Parent: Organization
Id: CPIS-Setting
Title: "CP-IS Setting"
Description: "A care setting: which organisation looks children up, of what kind it is, and in which modes it may."
* insert OdsOrganisation
// Required: the kind, so that an authority understands an access. Mode rights: none means that the setting may not look up at present.
* extension 1..3
* extension contains SettingKind named settingKind 1..1 and ModeRight named modeRight 0..2
* extension ^slicing.rules = #closed
* obeys cpis-setting-rights
// Prohibited: an authority that has questions goes through the setting's safeguarding lead, whom it knows by other means.
* telecom 0..0

Extension: EmergencyDuty
Id: emergency-duty
Title: "Emergency duty"
Description: "True on the phone number of the emergency duty team. FHIR has no contact point use for it; `mobile`, which the national API uses, does not say it."
Context: ContactPoint
* value[x] 1..1
* value[x] only boolean

Extension: SettingKind
Id: setting-kind
Title: "Setting kind"
Description: "What kind of care setting this organisation is."
Context: Organization
* value[x] 1..1
* value[x] only code
* valueCode from CPISSettingKinds (required)

Extension: ModeRight
Id: mode-right
Title: "Mode right"
Description: "A mode in which this organisation may look children up."
Context: Organization
* value[x] 1..1
* value[x] only code
* valueCode from CPISAccessModes (required)

Invariant: cpis-phone
Description: "A phone number is digits and spaces, with a plus sign in front where it is international."
Severity: #error
Expression: "matches('^[+]?[0-9][0-9 ]{4,19}$')"

Invariant: cpis-setting-rights
Description: "Each mode right is given once."
Severity: #error
Expression: "extension.where(url = 'https://fhir.cpis.example/StructureDefinition/mode-right').value.isDistinct()"
