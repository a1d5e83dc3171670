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

// affectsState is true: it is a report, and an authority may be told. The answer is the same bytes whether or not a plan is held.
Instance: patient-missed-appointment
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/patient-missed-appointment"
* insert OperationCommon
* name = "MissedAppointment"
* title = "Report a missed appointment"
* description = "A setting reports that a child did not come. 202: the report is durable. An authority that holds a visible plan is told; the answer does not say whether one does. Admission, person and mode are those of a look-up. It enters no history and no attendance."
* affectsState = true
* code = #missed-appointment
* resource = #Patient
* system = false
* type = true
* instance = false
* parameter[+].name = #nhsNumber
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Identifier
* parameter[=].documentation = "The NHS number, with the system https://fhir.nhs.uk/Id/nhs-number. A string of ten digits is taken too."
* parameter[+].name = #appointment
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #dateTime
* parameter[=].documentation = "When the child was expected: a day and a time with its offset, in the past."
* parameter[+].name = #tell
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #boolean
* parameter[=].documentation = "Whether an authority is told. Absent: as the mode says, and at a sensitive setting not. true needs a person with activity B0107. There is no parameter for free text."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #OperationOutcome
* parameter[=].documentation = "That it was recorded, the same bytes whether or not a plan is held."

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

Instance: subscription-events
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-events"
* insert OperationCommon
* name = "SubscriptionEvents"
* title = "Events of a Subscription"
* description = "Returns events by number, both bounds included, in the form of a notification. Reading settles nothing: on an inbox a named person acknowledges. The operation of the R5 Backport guide."
* affectsState = false
* code = #events
* base = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events"
* resource = #Subscription
* system = false
* type = false
* instance = true
* parameter[+].name = #eventsSinceNumber
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "The lowest number wanted; without it 1."
* parameter[+].name = #eventsUntilNumber
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "The highest number wanted; without it the latest."
* parameter[+].name = #content
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #code
* parameter[=].documentation = "How much to tell of each: empty, id-only, or full-resource where the operator allows it; without it what the Subscription says."
* parameter[+].name = #wait
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "Seconds to wait for an event when there is none, 0 to 30."
* parameter[+].name = #_count
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "Most events in the answer, 1 to 100. A link leads to the next ones."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Bundle
* parameter[=].documentation = "A history Bundle; the status says query-event."

Instance: subscription-acknowledge
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-acknowledge"
* insert OperationCommon
* name = "SubscriptionAcknowledge"
* title = "Take events"
* description = "A named person takes events of this Subscription. What they tell of ends, also where nobody was told yet; on an inbox they are delivered so."
* affectsState = true
* code = #acknowledge
* resource = #Subscription
* system = false
* type = false
* instance = true
* parameter[+].name = #number
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "100"
* parameter[=].type = #integer
* parameter[=].documentation = "Number of an event."
* parameter[+].name = #person
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "Name of the person who takes it, 1 to 140 characters. Needed unless the token names one."
* parameter[+].name = #note
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "What the person noted, at most 1,000 characters. Only the authority's own people read it."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "How many notices were taken now, and how many before."

Instance: subscription-attempts
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-attempts"
* insert OperationCommon
* name = "SubscriptionAttempts"
* title = "What was tried"
* description = "Returns what was tried to send to this Subscription in the last 90 days, the latest first: when, what, what was answered, and how long it took."
* affectsState = false
* code = #attempts
* resource = #Subscription
* system = false
* type = false
* instance = true
* parameter[+].name = #_count
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "Most attempts in the answer. A link leads to the next ones."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "One attempt each."

Instance: subscription-test
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-test"
* insert OperationCommon
* name = "SubscriptionTest"
* title = "Send a test"
* description = "Sends a heartbeat now, with the signature and headers of every notification, and says what was answered. It tells of no child."
* affectsState = false
* code = #test
* resource = #Subscription
* system = false
* type = false
* instance = true
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "Whether it was taken, the HTTP status, and what went wrong."

Instance: subscription-resend
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/subscription-resend"
* insert OperationCommon
* name = "SubscriptionResend"
* title = "Send events once more"
* description = "Sends delivered events of a range once more, each under the id that it had, so that a receiver which has it knows it."
* affectsState = true
* code = #resend
* resource = #Subscription
* system = false
* type = false
* instance = true
* parameter[+].name = #first
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "The lowest number."
* parameter[+].name = #last
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "The highest number, at most 999 above the first; without it the first alone."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "How many are sent."

Instance: worklist
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/worklist"
* insert OperationCommon
* name = "Worklist"
* title = "Work-list"
* description = "Returns what the authority has not been told of, or has not taken, by age, attendance for attendance; with a Subscription or without any. An operator gets ages and counts alone."
* affectsState = false
* code = #worklist
* system = true
* type = false
* instance = false
* parameter[+].name = #state
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "*"
* parameter[=].type = #code
* parameter[=].documentation = "untold (without it this), told or taken."
* parameter[+].name = #since
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #date
* parameter[=].documentation = "Look-ups from this day on; without it all that are untold, and 30 days of the others."
* parameter[+].name = #_count
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "Most notices in the answer, 1 to 50. A link leads to the next ones."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "One attendance each, with its notices and a short reference to say on the telephone. With what is untold, the first page has a part changedByForm for each record that a person had changed by form and of which the case system said otherwise in the last 30 days."

Instance: quality
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/quality"
* insert OperationCommon
* name = "Quality"
* title = "Data quality"
* description = "Returns the data quality of the authority's register as of the last London night: numbers as MeasureReport, or with Accept: text/csv the numbers and, by the authority's own ids, what they are about. An operator gets the numbers of all authorities, and no child. Disagreements with other authorities say which detail differs, never what the other authority holds; both sides are told in the same night."
* affectsState = false
* code = #quality
* system = true
* type = false
* instance = false
* parameter[+].name = #date
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #date
* parameter[=].documentation = "The London day on which the report was made; without it the newest. Reports are kept 30 days."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Resource
* parameter[=].documentation = "A MeasureReport; for an operator a Bundle of them. Each group has a code of https://fhir.cpis.example/CodeSystem/quality-measure; refused has strata by rule and by day."

Instance: acknowledge
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/acknowledge"
* insert OperationCommon
* name = "Acknowledge"
* title = "Take notices"
* description = "A named person takes the notices of attendances: an obligation ends so, or as delivered. What arises in an attendance after asOf stays."
* affectsState = true
* code = #acknowledge
* system = true
* type = false
* instance = false
* parameter[+].name = #attendance
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "100"
* parameter[=].type = #id
* parameter[=].documentation = "Id of an attendance, from the work-list."
* parameter[+].name = #asOf
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #instant
* parameter[=].documentation = "The time that the work-list said when the person saw it."
* parameter[+].name = #person
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "Name of the person who takes it, 1 to 140 characters. Needed unless the token names one."
* parameter[+].name = #note
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "What the person noted, at most 1,000 characters. Only the authority's own people read it."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "How many notices were taken now, and how many before."

Instance: protect
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/protect"
* insert OperationCommon
* name = "Protect"
* title = "Protect a child"
* description = "Marks every plan that the authority holds of this child as protected (a family in flight): whoever else looks the child up sees only that a protected record is held, and the exchange's phone. An upload can set the mark too. It needs a person with the activity lead, worker or duty."
* affectsState = true
* code = #protect
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+].name = #reason
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "Why, in 1 to 140 characters. It is put on record with the person. Do not name a child or a place."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #OperationOutcome
* parameter[=].documentation = "How many plans were changed."

Instance: unprotect
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/unprotect"
* insert OperationCommon
* name = "Unprotect"
* title = "End the protection of a child"
* description = "Removes the protected mark from every plan that the authority holds of this child. Nothing else removes it. It needs a person with the activity lead."
* affectsState = true
* code = #unprotect
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+].name = #reason
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "Why, in 1 to 140 characters. It is put on record with the person. Do not name a child or a place."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #OperationOutcome
* parameter[=].documentation = "How many plans were changed."

Instance: upload
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://fhir.cpis.example/OperationDefinition/upload"
* insert OperationCommon
* name = "Upload"
* title = "Send a daily file"
* description = "Takes a daily file: a Bundle (CPIS-DailyFile, at most 2,000 records) or NDJSON with a record (CPIS-DailyRecord) on each line. Each record is judged and stored by itself. The same file again gets the same answer. With Prefer: respond-async it is answered 202 with the address at which to ask, and may have any size and several parts."
* affectsState = true
* code = #upload
* system = true
* type = false
* instance = false
* parameter[+].name = #sequence
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #string
* parameter[=].documentation = "The number of the file, which goes up with each: one number, one content. Required unless the Bundle has it as identifier."
* parameter[+].name = #made
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #instant
* parameter[=].documentation = "When the data was taken from the register. Without an offset it is London time. Required unless the Bundle has it as timestamp."
* parameter[+].name = #mode
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #code
* parameter[=].documentation = "delta (without it this): the file holds what changed. full: it holds all that the authority has; nothing ends by itself."
* parameter[+].name = #count
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "How many records the file has, so that one that was cut off is known."
* parameter[+].name = #dry-run
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #boolean
* parameter[=].documentation = "true: the answer is the same, and nothing is stored."
* parameter[+].name = #part
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "Which part of the file this is, from 1. Parts may come in any order; one whose connection broke is sent again."
* parameter[+].name = #parts
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].type = #integer
* parameter[=].documentation = "How many parts the file has."
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].type = #Parameters
* parameter[=].documentation = "CPIS-DailyFileResponse. By Accept also text/csv or text/html; with Prefer: return=OperationOutcome an OperationOutcome."
