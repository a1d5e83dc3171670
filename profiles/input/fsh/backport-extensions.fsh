// Stand-ins for five extensions and a profile of the R5 Backport guide (hl7.fhir.uv.subscriptions-backport), whose canonical URLs they carry.
// They hold only what CPIS-Subscription and notifications need, in our words, so that this package stands alone; the guide has the last word.
RuleSet: StandIn(id)
* ^url = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/{id}"
* ^publisher = "HL7 International - FHIR Infrastructure Work Group (stand-in by CpIs.Fhir)"
* insert ExtensionOnly

Extension: BackportPayloadContent
Id: backport-payload-content
Title: "Notification content (stand-in)"
Description: "How much a notification carries: nothing, ids, or whole resources."
Context: Subscription.channel.payload
* insert StandIn(backport-payload-content)
* value[x] only code
* valueCode from CPISNotificationContent (required)

Extension: BackportChannelType
Id: backport-channel-type
Title: "Channel type (stand-in)"
Description: "Which channel is meant where R4 has no code for it."
Context: Subscription.channel.type
* insert StandIn(backport-channel-type)
* value[x] only Coding

Extension: BackportHeartbeatPeriod
Id: backport-heartbeat-period
Title: "Heartbeat period (stand-in)"
Description: "After how many seconds without an event a heartbeat is sent."
Context: Subscription.channel
* insert StandIn(backport-heartbeat-period)
* value[x] only unsignedInt

Extension: BackportTimeout
Id: backport-timeout
Title: "Timeout (stand-in)"
Description: "How many seconds the server waits for the subscriber to answer."
Context: Subscription.channel
* insert StandIn(backport-timeout)
* value[x] only unsignedInt

Extension: BackportMaxCount
Id: backport-max-count
Title: "Maximum count (stand-in)"
Description: "How many events one notification carries at most."
Context: Subscription.channel
* insert StandIn(backport-max-count)
* value[x] only positiveInt

Profile: BackportSubscriptionStatus
Parent: Parameters
Id: backport-subscription-status-r4
Title: "Subscription status (stand-in)"
Description: "The state of a Subscription in R4: which it is, its status, and why this is sent."
* ^url = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4"
* ^publisher = "HL7 International - FHIR Infrastructure Work Group (stand-in by CpIs.Fhir)"
* parameter 3..*
* parameter ^slicing.discriminator.type = #value
* parameter ^slicing.discriminator.path = "name"
* parameter ^slicing.rules = #open
* parameter contains subscription 1..1 and status 1..1 and type 1..1
* parameter[subscription].name = "subscription" (exactly)
* parameter[subscription].value[x] only Reference(Subscription)
* parameter[status].name = "status" (exactly)
* parameter[status].value[x] only code
* parameter[type].name = "type" (exactly)
* parameter[type].value[x] only code
