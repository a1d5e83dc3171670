// The daily file of an authority's case system. Each record (a child and its plans) is judged and stored by itself.

RuleSet: CollectionOnly
* insert PlainMeta
* insert Optional(id, 1, [[a Bundle is not kept, so that its id matters to nobody but its sender.]])
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Required(type, 1, [[it is a list, and says nothing of what to do with it.]])
* type = #collection (exactly)
* insert Prohibited(total, [[a total belongs to a search; the parameter count says how many records there are.]])
* insert Prohibited(link, [[this Bundle has no next page.]])
* insert Prohibited(signature, [[a signature inside is not verified by this service; the transport and the token say who sends.]])
* insert BareBackbone(entry)
* insert Prohibited(entry.link, [[an entry leads nowhere but to its fullUrl.]])
* insert Prohibited(entry.search, [[a score and a mode belong to a search.]])
* insert Prohibited(entry.request, [[what to do is the same for all records: store what is newer.]])
* insert Prohibited(entry.response, [[the server answers, the sender does not.]])

Profile: CPISDailyRecord
Parent: Bundle
Id: CPIS-DailyRecord
Title: "CP-IS Daily Record"
Description: "One record of a daily file: a child and its plans. In NDJSON each line is one; in a CPIS-DailyFile each entry. It is judged and stored as the transaction of that child, and a fault in it stops no other record."
* insert CollectionOnly
* insert Optional(identifier, 1, [[it is ignored; a record is known by its plan ids.]])
* insert Optional(timestamp, 1, [[it is ignored; the file says when its data was taken from the register.]])
* insert Required(entry, *, [[a record without a plan says nothing.]])
* insert Optional(entry.fullUrl, 1, [[plans refer to the Patient by it. Without one the first entry is urn:uuid:00000000-0000-4000-8000-000000000001.]])
* insert Required(entry.resource, 1, [[the Patient, or one of its plans.]])
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #closed
* entry contains patient 0..1 and episodeOfCare 0..* and flag 0..*
* insert Optional(entry[patient], 1, [[the child; one that is held may be left out.]])
* entry[patient].resource only CPISPatient
* insert Optional(entry[episodeOfCare], *, [[one for each plan.]])
* entry[episodeOfCare].resource only CPISEpisodeOfCare
* insert Optional(entry[flag], *, [[the server derives it; an authority that holds flags may send one for each plan.]])
* entry[flag].resource only CPISFlag

Profile: CPISDailyFile
Parent: Bundle
Id: CPIS-DailyFile
Title: "CP-IS Daily File"
Description: "What an authority's case system sends each day: its records, at most 2,000 in one Bundle. Larger files are NDJSON, a record on each line. Number and time may be parameters of the operation instead; where both are there, they agree."
* insert CollectionOnly
* insert Optional(identifier, 1, [[the number of the file; it may be the parameter sequence instead.]])
* insert Bare(identifier)
* insert Required(identifier.system, 1, [[whose numbers they are.]])
* insert Required(identifier.value, 1, [[the number, which goes up with each file.]])
* identifier.value obeys cpis-daily-file-number
* insert Prohibited(identifier.use, [[there is one number.]])
* insert Prohibited(identifier.type, [[the system says what it is.]])
* insert Prohibited(identifier.period, [[a number does not end.]])
* insert Prohibited(identifier.assigner, [[the system says whose it is.]])
* insert Optional(timestamp, 1, [[when the data was taken from the register: an older file never replaces a newer one. It may be the parameter made instead.]])
* insert Optional(entry, *, [[one for each record; none on a day without changes, with count=0.]])
* insert Optional(entry.fullUrl, 1, [[nothing refers to a record.]])
* insert Required(entry.resource, 1, [[the record.]])
* entry.resource only CPISDailyRecord

Invariant: cpis-daily-file-number
Description: "The number of a file must be digits, from 1."
Severity: #error
Expression: "matches('^[1-9][0-9]{0,11}$')"

Profile: CPISDailyFileResponse
Parent: Parameters
Id: CPIS-DailyFileResponse
Title: "CP-IS Daily File Response"
Description: "What an authority gets back for a daily file: the verdict, the numbers, and for each record what became of it, with every fault in a sentence that says what to do. It carries nothing personal but the authority's own ids, so it can be kept and passed on."
* insert Optional(id, 1, [[it is not kept under an id.]])
* insert PlainMeta
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Required(parameter, *, [[the verdict, the numbers and the records.]])
* insert BareBackbone(parameter)
* insert Required(parameter.name, 1, [[it tells the parameters apart.]])
* insert Optional(parameter.value[x], 1, [[each parameter has one, but the records.]])
* insert Prohibited(parameter.resource, [[the authority has what it sent.]])
* insert Optional(parameter.part, *, [[a record has parts.]])
* parameter ^slicing.discriminator.type = #value
* parameter ^slicing.discriminator.path = "name"
* parameter ^slicing.rules = #closed
* parameter contains verdict 1..1 and sequence 1..1 and made 1..1 and mode 1..1 and dryRun 1..1 and records 1..1 and loaded 1..1 and unchanged 1..1 and superseded 1..1 and refused 1..1 and reconciliation 0..1 and record 0..*
* insert Answered(verdict, verdict, Coding, [[whether all, some or none of the records were loaded, in the national codes.]])
* parameter[verdict].valueCoding from CPISUploadFileResponses (required)
* insert Answered(sequence, sequence, Identifier, [[which file it answers.]])
* insert Answered(made, made, instant, [[which time its records have.]])
* insert Answered(mode, mode, code, [[what the file says of records that are not in it.]])
* insert Answered(dryRun, dry-run, boolean, [[true where nothing was stored.]])
* insert Answered(records, records, integer, [[how many records were read.]])
* insert Answered(loaded, loaded, integer, [[how many were stored.]])
* insert Answered(unchanged, unchanged, integer, [[how many were known already, word for word.]])
* insert Answered(superseded, superseded, integer, [[how many were older than what is held.]])
* insert Answered(refused, refused, integer, [[how many are to be mended.]])
* insert Optional(parameter[reconciliation], 1, [[of a full file: how it compares with what is held, in numbers.]])
* parameter[reconciliation].name = "reconciliation" (exactly)
* insert Prohibited(parameter[reconciliation].value[x], [[it is its parts.]])
* insert Required(parameter[reconciliation].part, *, [[the numbers of CPIS-Reconciliation, and the address of the report.]])
* insert Optional(parameter[record], *, [[one for each record, in the order of the file.]])
* parameter[record].name = "record" (exactly)
* insert Prohibited(parameter[record].value[x], [[a record is its parts.]])
* insert Required(parameter[record].part, *, [[position, verdict, effect, ids and faults.]])

Profile: CPISReconciliation
Parent: Parameters
Id: CPIS-Reconciliation
Title: "CP-IS Reconciliation"
Description: "How a full file of an authority compares with what is held of it: which open plans the file leaves out, which it names without success, and which it changed. Nothing ends by it. It carries nothing personal but the authority's own ids, so it can be kept and passed on."
* insert Optional(id, 1, [[it is not kept under an id.]])
* insert PlainMeta
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Required(parameter, *, [[the numbers and the plans.]])
* insert BareBackbone(parameter)
* insert Required(parameter.name, 1, [[it tells the parameters apart.]])
* insert Optional(parameter.value[x], 1, [[each parameter has one, but the plans.]])
* insert Prohibited(parameter.resource, [[the authority has what it sent.]])
* insert Optional(parameter.part, *, [[a plan has parts.]])
* parameter ^slicing.discriminator.type = #value
* parameter ^slicing.discriminator.path = "name"
* parameter ^slicing.rules = #closed
* parameter contains sequence 1..1 and made 1..1 and reported 1..1 and endMissingUntil 1..1 and held 1..1 and missing 1..1 and newer 1..1 and notHeld 1..1 and refusedHeld 1..1 and changed 1..1 and secondPerson 1..1 and plan 0..*
* insert Answered(sequence, sequence, Identifier, [[which file it is about.]])
* insert Answered(made, made, instant, [[when the data of the file was taken from the register.]])
* insert Answered(reported, reported, instant, [[when the file was compared with what is held.]])
* insert Answered(endMissingUntil, end-missing-until, instant, [[until when what is missing may be ended by this report.]])
* insert Answered(held, held, integer, [[how many open plans are held.]])
* insert Answered(missing, missing, integer, [[how many of them the file does not name.]])
* insert Answered(newer, newer, integer, [[of how many of them something newer than the file was said: they are not missing.]])
* insert Answered(notHeld, not-held, integer, [[how many plans the file names that were refused and are not held.]])
* insert Answered(refusedHeld, refused-held, integer, [[how many plans the file names that were refused and are held as they were before.]])
* insert Answered(changed, changed, integer, [[how many plans are new or different by the file.]])
* insert Answered(secondPerson, second-person, boolean, [[true where a second person must approve the ending, because more than 5 % of what is held is missing.]])
* insert Optional(parameter[plan], *, [[one for each plan on one of the lists, the missing ones first.]])
* parameter[plan].name = "plan" (exactly)
* insert Prohibited(parameter[plan].value[x], [[a plan is its parts.]])
* insert Required(parameter[plan].part, *, [[list (missing, not-held, refused-held or changed), plan id, and what is known of it.]])

RuleSet: Answered(slice, name, type, reason)
* insert Required(parameter[{slice}], 1, [[{reason}]])
* parameter[{slice}].name = "{name}" (exactly)
* insert ValueOnly(parameter[{slice}])
* parameter[{slice}].value[x] only {type}

CodeSystem: CPISUploadFileResponse
Id: upload-file-response
Title: "CP-IS upload file response"
Description: "The verdict on a daily file, in the codes of the national service (CP-ISUploadFileResponse)."
* ^caseSensitive = true
* ^experimental = false
* #CPF01 "File level error" "It is no file: malformed, cut off, or from the future. Nothing of it is kept. Mend it and send it again."
* #CPF02 "Successful file upload" "All records are loaded."
* #CPF03 "Partially successful file upload" "The valid records are loaded. Mend the others and send them in a later file."
* #CPF04 "Unsuccessful file upload" "No record is loaded. Mend them and send them in a later file."
* #CPF05 "PDS unavailable" "National: the demographics service did not answer. This service does not ask it."
* #CPF06 "Client version no longer supported" "The sender's software must be upgraded."

ValueSet: CPISUploadFileResponses
Id: upload-file-response
Title: "CP-IS upload file responses"
Description: "All verdicts on a file."
* ^experimental = false
* include codes from system CPISUploadFileResponse

CodeSystem: CPISUploadRecordResponse
Id: upload-record-response
Title: "CP-IS upload record response"
Description: "The verdict on a record of a daily file, in the codes of the national service (CP-ISUploadRecordResponse)."
* ^caseSensitive = true
* ^experimental = false
* #CPR01 "No match for the NHS number" "National: the demographics service does not know the number."
* #CPR02 "NHS number matched, record is sensitive" "National: the record must not be updated with child protection information."
* #CPR03 "NHS number not verified" "National: name or date of birth do not match."
* #CPR04 "NHS number format incorrect" "It is no NHS number: ten digits, the last a check digit."
* #CPR05 "NHS number superseded" "Another number has taken its place."
* #CPR06 "Successful record upload" "It is stored, was known already, or is older than what is held; the effect says which."
* #CPR07 "Unsuccessful record upload" "Nothing of it was stored; the issues say why."
