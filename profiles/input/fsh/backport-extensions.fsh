// Stand-ins for four extensions of the R5 Backport guide (hl7.fhir.uv.subscriptions-backport), whose canonical URLs they carry.
// They hold only what CPIS-Subscription needs, in our words, so that this package stands alone; the guide has the last word.
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
