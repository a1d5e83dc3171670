Profile: CPISOutcome
Parent: OperationOutcome
Id: CPIS-Outcome
Title: "CP-IS Outcome"
Description: "What the exchange answers where it refuses, and what an acknowledgement or a look-up adds as a warning: each issue with its place, its rule and, where one fits, the Spine code that NHS systems know."
* insert DataOnly
* insert NoExtension

* insert Required(issue, *, [[a refusal has at least one reason.]])
* insert Prohibited(issue.id, [[nothing refers to it.]])
* insert Optional(issue.extension, *, [[line and column of the source, where it was read: operationoutcome-issue-line and -col.]])
* insert Prohibited(issue.modifierExtension, [[nothing may change the meaning of an issue.]])
* insert Required(issue.severity, 1, [[an error refuses; a warning and information do not.]])
* insert Required(issue.code, 1, [[software that knows FHIR and not this service understands it.]])
* insert Optional(issue.details, 1, [[where a rule or a Spine code fits.]])
* insert Bare(issue.details)
* insert Required(issue.details.coding, *, [[software acts on it, while the text may change.]])
* insert Bare(issue.details.coding)
* insert Required(issue.details.coding.system, 1, [[a code without its system says nothing.]])
* insert Prohibited(issue.details.coding.version, [[the id of a rule is stable.]])
* insert Required(issue.details.coding.code, 1, [[it is the rule or the Spine code.]])
* insert Optional(issue.details.coding.display, 1, [[people read the diagnostics; the code may have a display.]])
* insert Prohibited(issue.details.coding.userSelected, [[nobody selected it.]])
* issue.details.coding ^slicing.discriminator.type = #value
* issue.details.coding ^slicing.discriminator.path = "system"
* issue.details.coding ^slicing.rules = #closed
* issue.details.coding contains rule 0..1 and spine 0..1
* insert Optional(issue.details.coding[rule], 1, [[the rule that was broken.]])
* issue.details.coding[rule].system = "https://fhir.cpis.example/CodeSystem/rule" (exactly)
* insert Optional(issue.details.coding[spine], 1, [[NHS systems know these codes.]])
* issue.details.coding[spine].system = "https://fhir.nhs.uk/CodeSystem/England-SpineErrorOrWarningCode" (exactly)
* issue.details.coding[spine] from CPISSpineErrorOrWarning (required)
* insert Prohibited(issue.details.text, [[the diagnostics say it.]])
* insert Required(issue.diagnostics, 1, [[a person reads what is wrong and what to do; it repeats no personal data.]])
* insert Prohibited(issue.location, [[R4 deprecates it; the expression says where.]])
* insert Optional(issue.expression, *, [[the place as FHIRPath, where there is one.]])
