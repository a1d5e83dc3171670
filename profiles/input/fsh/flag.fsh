Profile: CPISFlag
Parent: Flag
Id: CPIS-Flag
Title: "CP-IS Flag"
Description: "What a clinician sees: the alert that a plan exists, derived from its EpisodeOfCare when that is stored. An authority may send it along; then it must agree with the EpisodeOfCare."
* insert LabelledDataOnly

* insert Required(extension, 1, [[the one that leads to the EpisodeOfCare, and no other.]])
* extension contains $flag-detail named flagDetail 1..1
* extension ^slicing.rules = #closed
* insert Required(extension[flagDetail], 1, [[it names the EpisodeOfCare that this flag stands for.]])
* insert BareExtension(extension[flagDetail])
* extension[flagDetail].valueReference only Reference(EpisodeOfCare)
* insert Bare(extension[flagDetail].valueReference)
* insert Required(extension[flagDetail].valueReference.reference, 1, [[the EpisodeOfCare is in the same upload or on the server.]])
* insert Bare(extension[flagDetail].valueReference.reference)
* insert Prohibited(extension[flagDetail].valueReference.type, [[only an EpisodeOfCare is possible.]])
* insert Prohibited(extension[flagDetail].valueReference.identifier, [[the flag's own identifier is that of the plan.]])
* insert Prohibited(extension[flagDetail].valueReference.display, [[free text could travel in it.]])

* insert Required(identifier, 1, [[the same plan id as on the EpisodeOfCare, so that one search finds both.]])
* insert PlainIdentifier(identifier)
* identifier.value obeys cpis-own-id
* identifier.system obeys cpis-flag-system

* insert Required(status, 1, [[active while the plan is active, inactive when it is finished, entered-in-error when it was never true.]])
* insert Bare(status)

* insert Required(category, 1, [[a flag of this service is a safety alert and nothing else.]])
* category = $flag-category#safety
* insert Bare(category)
* insert Required(category.coding, 1, [[one category.]])
* insert Bare(category.coding)
* insert Required(category.coding.system, 1, [[a code without its system says nothing.]])
* insert Bare(category.coding.system)
* insert Prohibited(category.coding.version, [[the code means the same in every version.]])
* insert Required(category.coding.code, 1, [[it is the category.]])
* insert Bare(category.coding.code)
* insert Optional(category.coding.display, 1, [[people read it; but it is that of the code system.]])
* insert Bare(category.coding.display)
* category.coding obeys cpis-flag-category-display
* insert Prohibited(category.coding.userSelected, [[how the code was chosen is of no use here.]])
* insert Prohibited(category.text, [[free text is where a reason would be written.]])

* insert Required(code, 1, [[the plan type, with the same code as on the EpisodeOfCare.]])
* insert PlanTypeConcept(code)

* insert Required(subject, 1, [[the child, as on the EpisodeOfCare.]])
* insert ChildReference(subject)

* insert PlanPeriod(period)

* insert Required(author, 1, [[the authority; Flag:author brings its phone numbers into the answer of a look-up.]])
* insert AuthorityReference(author)

* insert Prohibited(encounter, [[a plan is not tied to a visit, and a visit would say where the child was seen.]])

* period obeys cpis-flag-inactive-end and cpis-flag-unborn-end

Invariant: cpis-flag-category-display
Description: "The display of the category must be 'Safety', because it is not a place for other text. Send that display, or leave it out."
Severity: #error
Expression: "display.empty() or code.empty() or code != 'safety' or display = 'Safety'"

Invariant: cpis-flag-system
Description: "The system of the plan id must be https://fhir.cpis.example/Id/plan/{ODS}, with the ODS code of the author."
Severity: #error
Expression: "%resource.author.identifier.value.empty() or toString() = 'https://fhir.cpis.example/Id/plan/' + %resource.author.identifier.value.toString()"

Invariant: cpis-flag-inactive-end
Description: "An inactive Flag needs period.end, the day on which its plan ended."
Severity: #error
Expression: "%resource.status.where($this = 'inactive').empty() or end.exists()"

Invariant: cpis-flag-unborn-end
Description: "The Flag of an unborn child protection plan needs period.end, the expected date of delivery."
Severity: #error
Expression: "%resource.status.where($this = 'active').empty() or %resource.code.coding.where(code = '818901000000100').empty() or end.exists()"
