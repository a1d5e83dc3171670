RuleSet: OperationCommon
* insert Version
* status = #draft
* kind = #operation
* experimental = false
* publisher = "The CpIs.Fhir contributors"

// affectsState is false: no record changes. The access is recorded and an authority may be told, but so it is for every
// search here, and HTTP counts such a thing as safe. GET is therefore allowed; POST is recommended, since it keeps the
// NHS number out of URLs and logs.
Instance: child-protection
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/child-protection"
* insert OperationCommon
* name = "ChildProtection"
* title = "Look a child up"
* description = "Looks one child up by NHS number and returns every visible plan with what a clinician needs: Flag, EpisodeOfCare, the authority's Patient, the authority's Organization and the history of accesses. The access is recorded before the answer leaves."
* affectsState = false
* code = #child-protection
* resource = #Patient
* system = false
* type = true
* instance = false
* parameter[+].name = #nhsNumber
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "The NHS number, ten digits without spaces. It must have been traced or read from the patient's own record; the server does not search by name."
* parameter[+].name = #birthdate
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #date
* parameter[=].documentation = "The date of birth as the setting has it, to cross-check. A difference never hides a plan."
* parameter[+].name = #family
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "The family name as the setting has it, to cross-check. A difference never hides a plan."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Bundle
* parameter[=].documentation = "A searchset. An empty one means that no plan is visible here; it does not mean that there is no concern."

Instance: subscription-status
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-status"
* insert OperationCommon
* name = "SubscriptionStatus"
* title = "Status of a Subscription"
* description = "Returns the state of one Subscription, or of all the caller's: its status and how many events it has had. The operation of the R5 Backport guide."
* affectsState = false
* code = #status
* base = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status"
* resource = #Subscription
* system = false
* type = true
* instance = true
* parameter[+].name = #id
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "*"
* parameter[=].type = #id
* parameter[=].documentation = "At type level: the ids of the Subscriptions wanted, joined by OR; without any, all of the caller's. Ignored at instance level."
* parameter[+].name = #status
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "*"
* parameter[=].type = #code
* parameter[=].documentation = "At type level: the statuses wanted, joined by OR; without any, all. Ignored at instance level."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Bundle
* parameter[=].documentation = "A searchset with one Parameters per Subscription."

// Asking is not storing: nothing of what is sent is kept, and no look-up is counted.
Instance: validate
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/validate"
* insert OperationCommon
* name = "Validate"
* title = "Validate a resource"
* description = "Says whether a resource meets FHIR R4, the profiles that it claims, and the profile that is asked for. Nothing is stored. The answer is 200 whatever the verdict; a body that cannot be read at all is 400. The operation of FHIR R4, narrowed."
* affectsState = false
* code = #validate
* base = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
* resource = #Resource
* system = false
* type = true
* instance = true
* parameter[+].name = #resource
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #Any
* parameter[=].documentation = "The resource, as the body or as a parameter. At instance level it may be left out: then the stored one is validated, for its owner only."
* parameter[+].name = #mode
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #code
* parameter[=].binding.strength = #required
* parameter[=].binding.valueSet = "http://hl7.org/fhir/ValueSet/resource-validation-mode"
* parameter[=].documentation = "What is to be done with the resource: create, update or delete; at instance level profile."
* parameter[+].name = #profile
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #uri
* parameter[=].documentation = "Canonical of a StructureDefinition that the resource must meet, as well as those that it claims."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #OperationOutcome
* parameter[=].documentation = "One issue for each problem, with its rule and its place; one of severity information when there is none."
