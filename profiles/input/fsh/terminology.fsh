// SNOMED CT is not copied: the value set names three codes and the server needs no other.
ValueSet: CPISPlanType
Id: plan-type
Title: "CP-IS plan type"
Description: "The three statuses of a child that CP-IS shares."
* ^experimental = false
* $sct#342191000000101 "Subject to child protection plan"
* $sct#764841000000100 "Looked after child"
* $sct#818901000000100 "Unborn child subject to child protection plan"

// Both code systems are HL7's; of each, one code is used.
ValueSet: CPISRecordLabel
Id: record-label
Title: "CP-IS record label"
Description: "The security labels of a plan: not for the patient's eyes, and protected."
* ^experimental = false
* http://terminology.hl7.org/CodeSystem/v3-ActCode#NOPAT "no disclosure to patient, family or caregivers without attending provider's authorization"
* http://terminology.hl7.org/CodeSystem/v3-Confidentiality#V "very restricted"

// Planned, waitlist, onhold and cancelled are not statuses of a plan that is shared: an authority sends a plan when it holds.
ValueSet: CPISPlanStatus
Id: plan-status
Title: "CP-IS plan status"
Description: "The statuses that a plan may have: it holds, it has ended, or it was never true."
* ^experimental = false
* http://hl7.org/fhir/episode-of-care-status#active "Active"
* http://hl7.org/fhir/episode-of-care-status#finished "Finished"
* http://hl7.org/fhir/episode-of-care-status#entered-in-error "Entered in Error"

CodeSystem: CPISQualityMeasure
Id: quality-measure
Title: "CP-IS quality measure"
Description: "What a data-quality report counts, and by what it divides the refused records."
* ^caseSensitive = true
* ^experimental = false
* #children "Children held"
* #plans "Plans held" "Without those that were withdrawn."
* #open-plans "Open plans held"
* #sent "Records sent" "In the last file that said it holds everything, of the last 30 days."
* #refused "Records refused" "In the daily files of the last 30 days. What was refused of transactions is not kept, and not in it."
* #rule "By rule" "A record that breaks two rules is counted at both."
* #day "By day" "By the London day on which the file ended."
* #failing "Failing" "Records that were refused and that no later file has mended."
* #disagreement "Disagreement" "Children of whom another authority with a visible plan has another name or date of birth."
* #near-eighteen "Near 18" "Open plans of people who are 18 within 90 days, or already."
* #past-due "Past due" "Open unborn plans whose due date has passed."
* #second-plan "Second plan" "Children with two open plans of one type."
* #stale "Stale" "1 where the register is out of date."
* #phones-old "Old phones" "1 where the name and phones of the authority did not change here for 90 days."

CodeSystem: CPISUploadOrigin
Id: upload-origin
Title: "CP-IS upload origin"
Description: "Where an upload comes from, other than a case system."
* ^caseSensitive = true
* ^experimental = false
* #form "Form" "A person sends it about one child, for a change that cannot wait for the next file. Its stamp is the time at which it was sent."

ValueSet: CPISUploadOrigins
Id: upload-origin
Title: "CP-IS upload origins"
Description: "All upload origins."
* ^experimental = false
* include codes from system CPISUploadOrigin

CodeSystem: CPISAccessMode
Id: access-mode
Title: "CP-IS access mode"
Description: "The two ways to look a child up."
* ^caseSensitive = true
* ^experimental = false
* #unscheduled "Unscheduled" "The child came without an appointment. The look-up enters the child's history and the authority is told."
* #scheduled "Scheduled" "The child came by appointment. The look-up is audited; it enters no history and the authority is not told."

ValueSet: CPISAccessModes
Id: access-mode
Title: "CP-IS access modes"
Description: "All access modes."
* ^experimental = false
* include codes from system CPISAccessMode

CodeSystem: CPISChannelType
Id: channel-type
Title: "CP-IS channel type"
Description: "Channels of a Subscription for which FHIR R4 has no code."
* ^caseSensitive = true
* ^experimental = false
* #inbox "Inbox" "The authority fetches its notices, and a named person acknowledges them. Nothing is sent."
* #mesh "MESH mailbox" "The national access notification is sent into the authority's MESH mailbox. It settles when the recipient has acknowledged the message there."

ValueSet: CPISChannelTypes
Id: channel-type
Title: "CP-IS channel types"
Description: "All channel types."
* ^experimental = false
* include codes from system CPISChannelType

CodeSystem: CPISOccurrence
Id: occurrence
Title: "CP-IS occurrence"
Description: "What an authority is told of, other than an access."
* ^caseSensitive = true
* ^experimental = false
* #missed-appointment "Missed appointment" "A child did not come to an appointment."
* #number-retired "NHS number retired" "An NHS number is no longer in use, and nothing is shown under it."
* #number-restored "NHS number restored" "An NHS number that was retired is in use again."
* #upload-processed "Upload processed" "An upload of the authority itself was processed."

ValueSet: CPISOccurrences
Id: occurrence
Title: "CP-IS occurrences"
Description: "Everything that an authority is told of, other than an access."
* ^experimental = false
* include codes from system CPISOccurrence

CodeSystem: CPISSettingKind
Id: setting-kind
Title: "CP-IS setting kind"
Description: "What kind of care setting looks children up. The kind does not decide the mode: the mode right of the organisation and the activity of the person do."
* ^caseSensitive = true
* ^experimental = false
* #emergency-department "Emergency department"
* #walk-in-centre "Walk-in centre"
* #minor-injury-unit "Minor injury unit"
* #out-of-hours-gp "Out-of-hours general practice"
* #nhs-111 "NHS 111"
* #ambulance "Ambulance service"
* #maternity "Maternity unit"
* #paediatric-ward "Paediatric ward"
* #gp "General practice"
* #camhs "Child and adolescent mental health service"
* #sarc "Sexual assault referral centre"
* #community-paediatrics "Community paediatrics"
* #school-nursing "School nursing"
* #health-visiting "Health visiting"
* #dentistry "Dentistry"
* #termination-of-pregnancy "Termination of pregnancy service" "Nobody is told of a child's presence there unless a person says so for this child."
* #sexual-health "Sexual health service" "Nobody is told of a child's presence there unless a person says so for this child."

ValueSet: CPISSettingKinds
Id: setting-kind
Title: "CP-IS setting kinds"
Description: "All setting kinds."
* ^experimental = false
* include codes from system CPISSettingKind

// The codes are those of the R5 Backport guide; they are named one by one because this package does not depend on the guide.
ValueSet: CPISNotificationContent
Id: notification-content
Title: "CP-IS notification content"
Description: "How much of an access a notification may carry."
* ^experimental = false
* http://hl7.org/fhir/uv/subscriptions-backport/CodeSystem/backport-content-code-system#empty "Empty"
* http://hl7.org/fhir/uv/subscriptions-backport/CodeSystem/backport-content-code-system#id-only "Id Only"
* http://hl7.org/fhir/uv/subscriptions-backport/CodeSystem/backport-content-code-system#full-resource "Full Resource"
