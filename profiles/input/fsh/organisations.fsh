// Organisations are kept by the operator; nobody uploads them. Both profiles name an organisation by its ODS code alone.
RuleSet: OdsOrganisation
* insert DataOnly
* insert Required(identifier, 1, [[the ODS code names the organisation, and nothing else does.]])
* insert OdsCode(identifier)
* insert Required(name, 1, [[a person reads it, in a look-up answer and in the history.]])
* insert Bare(name)
* insert Prohibited(active, [[an organisation that is no longer registered has no rights and is not shown.]])
* insert Prohibited(type, [[no rule of this service reads it.]])
* insert Prohibited(alias, [[one name is enough.]])
* insert Prohibited(address, [[no rule of this service reads it; ODS has it.]])
* insert Prohibited(partOf, [[rights are given to one organisation and not inherited.]])
* insert Prohibited(contact, [[a person's name and number go out of date; those of a team do not.]])
* insert Prohibited(endpoint, [[where notifications go stands in the Subscription.]])

RuleSet: Phone(slice, use, rank)
* insert Prohibited(telecom[{slice}].id, [[nothing refers to it.]])
* insert Required(telecom[{slice}].system, 1, [[a clinician rings, and must not send a child's details by mail.]])
* telecom[{slice}].system = #phone (exactly)
* insert Required(telecom[{slice}].value, 1, [[it is the number.]])
* telecom[{slice}].value obeys cpis-phone
* insert Required(telecom[{slice}].use, 1, [[the national API tells the two numbers apart by it.]])
* telecom[{slice}].use = #{use} (exactly)
* insert Required(telecom[{slice}].rank, 1, [[by day the office is rung first.]])
* telecom[{slice}].rank = {rank} (exactly)
* insert Prohibited(telecom[{slice}].period, [[a number that no longer holds is not shown.]])

Profile: CPISAuthority
Parent: Organization
Id: CPIS-Authority
Title: "CP-IS Authority"
Description: "A local authority: who holds a plan, and which number to phone by day and at night."
* insert OdsOrganisation
* insert NoExtension
* insert Required(telecom, 2, [[the number for office hours and the one of the emergency duty team.]])
* telecom ^slicing.discriminator.type = #value
* telecom ^slicing.discriminator.path = "use"
* telecom ^slicing.rules = #closed
* telecom contains officeHours 0..1 and emergencyDuty 1..1
* telecom[officeHours] ^short = "Office hours"
* insert Optional(telecom[officeHours], 1, [[some authorities have one number for day and night.]])
* insert Phone(officeHours, work, 1)
* insert Prohibited(telecom[officeHours].extension, [[an extension is a place where case detail could travel unseen.]])
* telecom[emergencyDuty] ^short = "Emergency duty team"
* insert Required(telecom[emergencyDuty], 1, [[a child may come at night.]])
* insert Phone(emergencyDuty, mobile, 2)
* insert Required(telecom[emergencyDuty].extension, 1, [[the use mobile alone does not say what the number is.]])
* telecom[emergencyDuty].extension contains EmergencyDuty named emergencyDuty 1..1
* telecom[emergencyDuty].extension ^slicing.rules = #closed
* insert Required(telecom[emergencyDuty].extension[emergencyDuty], 1, [[it says that the emergency duty team answers.]])
* insert BareExtension(telecom[emergencyDuty].extension[emergencyDuty])
* telecom[emergencyDuty].extension[emergencyDuty].valueBoolean = true (exactly)

Profile: CPISSetting
Parent: Organization
Id: CPIS-Setting
Title: "CP-IS Setting"
Description: "A care setting: which organisation looks children up, of what kind it is, and in which modes it may."
* insert OdsOrganisation
* insert Required(extension, 3, [[the kind and at most two mode rights.]])
* extension contains SettingKind named settingKind 1..1 and ModeRight named modeRight 0..2
* extension ^slicing.rules = #closed
* insert Required(extension[settingKind], 1, [[an authority understands an access by it.]])
* insert Optional(extension[modeRight], 2, [[none means that the setting may not look up at present.]])
* obeys cpis-setting-rights
* insert Prohibited(telecom, [[an authority that has questions goes through the setting's safeguarding lead, whom it knows by other means.]])

Extension: EmergencyDuty
Id: emergency-duty
Title: "Emergency duty"
Description: "True on the phone number of the emergency duty team. FHIR has no contact point use for it; `mobile`, which the national API uses, does not say it."
Context: ContactPoint
* insert ExtensionOnly
* value[x] only boolean

Extension: SettingKind
Id: setting-kind
Title: "Setting kind"
Description: "What kind of care setting this organisation is."
Context: Organization
* insert ExtensionOnly
* value[x] only code
* valueCode from CPISSettingKinds (required)

Extension: ModeRight
Id: mode-right
Title: "Mode right"
Description: "A mode in which this organisation may look children up."
Context: Organization
* insert ExtensionOnly
* value[x] only code
* valueCode from CPISAccessModes (required)

Invariant: cpis-phone
Description: "A phone number must be digits and spaces, with a plus sign first if it is international."
Severity: #error
Expression: "matches('^[+]?[0-9][0-9 ]{4,19}$')"

Invariant: cpis-setting-rights
Description: "A mode must not be given twice."
Severity: #error
Expression: "extension.where(url = 'https://fhir.cpis.example/StructureDefinition/mode-right').value.isDistinct()"
