RuleSet: OperationCommon
* version = "0.1.0"
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
