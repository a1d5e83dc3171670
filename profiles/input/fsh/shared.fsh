// Rules that every profile of this project repeats. CP-IS holds a pointer to a plan, never its content: so
// each profile names what it takes and prohibits everything else. A prohibited element is refused, not dropped,
// so that a sender learns at once that it sends more than it may.
//
// Each element is decided by one of the three RuleSets below, and the reason travels in the definition (`comment`), where a reader
// of the package and the pages of the server find it. A test holds that no element is left undecided.

// The version of the package, for what SUSHI gives none by itself. It is that of sushi-config.yaml and package.json; a test compares.
RuleSet: Version
* version = "0.3.0"

RuleSet: Required(path, max, reason)
* {path} 1..{max}
* {path} ^comment = "Required: {reason}"

RuleSet: Optional(path, max, reason)
* {path} 0..{max}
* {path} ^comment = "Optional: {reason}"

RuleSet: Prohibited(path, reason)
* {path} 0..0
* {path} ^comment = "Prohibited: {reason}"

// What every datatype and backbone element has.
RuleSet: Bare(path)
* insert Prohibited({path}.id, [[nothing refers to it, and free text could travel in it unseen.]])
* insert Prohibited({path}.extension, [[an extension is a place where case detail could travel unseen.]])

RuleSet: BareBackbone(path)
* insert Bare({path})
* insert Prohibited({path}.modifierExtension, [[nothing may change the meaning of what this service passes on.]])

// A resource carries data and nothing else: narrative, contained resources, extensions and foreign rules are places
// where case detail could travel unseen. `id` and `meta` stay, because REST needs them.
RuleSet: DataOnly
* insert PlainMeta
* insert DataApartFromMeta

// The same for what a patient's own app must not show.
RuleSet: LabelledDataOnly
* insert LabelledMeta
* insert DataApartFromMeta

RuleSet: DataApartFromMeta
* insert Optional(id, 1, [[the server gives ids; a resource that is sent for the first time has none.]])
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Prohibited(text, [[a narrative is where case detail would travel; people read what software makes of the data.]])
* insert Prohibited(contained, [[a resource inside a resource has no authority that answers for it.]])
* insert Prohibited(modifierExtension, [[nothing may change the meaning of what this service passes on.]])

RuleSet: NoExtension
* insert Prohibited(extension, [[an extension is a place where case detail could travel unseen.]])

RuleSet: PlainMeta
* insert MetaApartFromLabel
* insert Prohibited(meta.security, [[who may see a record follows from rules and not from a label.]])

// Two labels. NOPAT hides nothing in this service: it speaks to the systems that the answer travels on to. V protects a family in flight:
// whoever is not the authority sees only that a protected record is held.
RuleSet: LabelledMeta
* insert MetaApartFromLabel
* insert Optional(meta.security, 2, [[NOPAT says that a patient or family must not see this; the server sets it, and you may send it back. V marks a protected plan; once sent it stays until your lead removes it. No other label is allowed.]])
* meta.security from CPISRecordLabel (required)
* insert Bare(meta.security)
* insert Required(meta.security.system, 1, [[a code without its system says nothing.]])
* insert Prohibited(meta.security.version, [[the code means the same in every version.]])
* insert Required(meta.security.code, 1, [[it is the label.]])
* insert Prohibited(meta.security.display, [[free text could travel in it.]])
* insert Prohibited(meta.security.userSelected, [[how the code was chosen is of no use here.]])

RuleSet: MetaApartFromLabel
* insert MetaApartFromLabelAndTag
* insert Prohibited(meta.tag, [[a tag is a place where case detail could travel unseen.]])

RuleSet: MetaApartFromLabelAndTag
* insert Optional(meta, 1, [[version, time and profile, which REST needs.]])
* insert Bare(meta)
* insert Optional(meta.versionId, 1, [[the server counts versions; what is sent here is ignored.]])
* insert Optional(meta.lastUpdated, 1, [[the server says when; what is sent here is ignored.]])
* insert Prohibited(meta.source, [[where a record comes from is known from the caller.]])
* insert Optional(meta.profile, *, [[a sender may say which profile it means to meet.]])

// A Bundle has no narrative; the rest is as above.
RuleSet: BundleOnly
* insert PlainMeta
* insert BundleApartFromMeta

RuleSet: BundleApartFromMeta
* insert Optional(id, 1, [[a Bundle is not kept, so that its id matters to nobody but its sender.]])
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Prohibited(identifier, [[a repeated Bundle is known by X-Request-ID.]])
* insert Prohibited(total, [[a total belongs to a search.]])
* insert Prohibited(link, [[this Bundle has no next page.]])
* insert Prohibited(signature, [[a signature inside is not verified by this service; the transport and the token say who sends.]])
* insert BareBackbone(entry)
* insert Prohibited(entry.link, [[an entry leads nowhere but to its fullUrl.]])
* insert Prohibited(entry.search, [[a score and a mode belong to a search.]])

// An extension is its url and one value. (With a rule on `value[x]` SUSHI itself prohibits extensions inside, and allows no comment on
// them: the comment on the value says it.)
RuleSet: ExtensionOnly
* insert Required(value[x], 1, [[it is what the extension says; FHIR allows no extensions next to a value.]])
* insert Prohibited(id, [[nothing refers to it, and free text could travel in it unseen.]])
* url ^comment = "Required: it says which extension this is."

// The same where a profile looks into an extension that it uses.
RuleSet: BareExtension(path)
* insert Required({path}.value[x], 1, [[it is what the extension says; FHIR allows no extensions next to a value.]])
* insert Prohibited({path}.id, [[nothing refers to it, and free text could travel in it unseen.]])
* {path}.url ^comment = "Required: it says which extension this is."

// An identifier is its system and its value.
RuleSet: PlainIdentifier(path)
* insert Bare({path})
* insert Prohibited({path}.use, [[one identifier of each kind needs no use to tell it from others.]])
* insert Prohibited({path}.type, [[the system says what kind it is.]])
* insert Required({path}.system, 1, [[a value without its system names nothing.]])
* insert Bare({path}.system)
* insert Required({path}.value, 1, [[it is the identifier.]])
* insert Bare({path}.value)
* insert Prohibited({path}.period, [[an identifier that no longer holds is not sent.]])
* insert Prohibited({path}.assigner, [[the system says who gives it.]])

// The child by its NHS number alone: a reference would lead to the authority's Patient.
RuleSet: ChildByNumber(path)
* {path} only Reference(Patient)
* insert Bare({path})
* insert Prohibited({path}.reference, [[it would lead to the authority's Patient.]])
* insert Prohibited({path}.type, [[only a Patient is possible.]])
* insert Required({path}.identifier, 1, [[the NHS number, as it was asked for.]])
* insert NhsNumber({path}.identifier)
* insert Prohibited({path}.display, [[it would repeat the name.]])

// What an answer says instead of a plan type: that a protected record is held, and whom to phone.
RuleSet: ProtectedText(path)
* insert Bare({path})
* insert Prohibited({path}.coding, [[the type of the plan is not shown.]])
* insert Required({path}.text, 1, [[it says that a protected record is held, and whom to phone.]])
* insert Bare({path}.text)

// Made for one answer: nothing of it may be matched with another answer.
RuleSet: ProtectedMeta
* insert Required(id, 1, [[made for this answer alone, so that it cannot be matched with another one.]])
* insert Required(meta, 1, [[the labels.]])
* insert Bare(meta)
* insert Prohibited(meta.versionId, [[a version could be matched with another answer.]])
* insert Prohibited(meta.lastUpdated, [[no date of a protected plan is shown.]])
* insert Prohibited(meta.source, [[where a record comes from would name its authority.]])
* insert Required(meta.profile, 1, [[the server says what this is.]])
* insert Required(meta.security, 2, [[NOPAT and V: not for the patient's eyes, and protected.]])
* meta.security 2..2
* meta.security from CPISRecordLabel (required)
* insert Bare(meta.security)
* insert Required(meta.security.system, 1, [[a code without its system says nothing.]])
* insert Prohibited(meta.security.version, [[the code means the same in every version.]])
* insert Required(meta.security.code, 1, [[it is the label.]])
* insert Prohibited(meta.security.display, [[free text could travel in it.]])
* insert Prohibited(meta.security.userSelected, [[how the code was chosen is of no use here.]])
* insert Prohibited(meta.tag, [[a tag is a place where case detail could travel unseen.]])
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])
* insert Prohibited(text, [[a narrative could say more than that a protected record is held.]])
* insert Prohibited(contained, [[a resource inside could say more than that a protected record is held.]])
* insert Prohibited(modifierExtension, [[nothing may change the meaning of what this service passes on.]])
* insert NoExtension

RuleSet: NhsNumber(path)
* insert PlainIdentifier({path})
* {path}.system = "https://fhir.nhs.uk/Id/nhs-number" (exactly)
* {path}.value obeys cpis-nhs-number

RuleSet: OdsCode(path)
* insert PlainIdentifier({path})
* {path}.system = "https://fhir.nhs.uk/Id/ods-organization-code" (exactly)
* {path}.value obeys cpis-ods-code

// The child: the reference ties the record to the authority's Patient, the NHS number is what a look-up asks for.
RuleSet: ChildReference(path)
* {path} only Reference(Patient)
* insert Bare({path})
* insert Required({path}.reference, 1, [[it ties the record to the authority's Patient.]])
* insert Bare({path}.reference)
* insert Prohibited({path}.type, [[only a Patient is possible.]])
* insert Required({path}.identifier, 1, [[the NHS number is what a look-up asks for.]])
* insert NhsNumber({path}.identifier)
* insert Prohibited({path}.display, [[it would repeat the name.]])

RuleSet: AuthorityReference(path)
* {path} only Reference(Organization)
* insert Bare({path})
* insert Optional({path}.reference, 1, [[the server adds its own Organization.]])
* insert Bare({path}.reference)
* insert Prohibited({path}.type, [[only an Organization is possible.]])
* insert Required({path}.identifier, 1, [[the ODS code names the authority.]])
* insert OdsCode({path}.identifier)
* insert Prohibited({path}.display, [[the authority's name has one source: its Organization.]])

// One of the three plan types, by its SNOMED CT code.
RuleSet: PlanTypeConcept(path)
* {path} from CPISPlanType (required)
* insert Bare({path})
* insert Required({path}.coding, 1, [[one code says which plan; a second could contradict it.]])
* insert Bare({path}.coding)
* insert Required({path}.coding.system, 1, [[a code without its system says nothing.]])
* {path}.coding.system = "http://snomed.info/sct" (exactly)
* insert Bare({path}.coding.system)
* insert Prohibited({path}.coding.version, [[the three codes mean the same in every edition.]])
* insert Required({path}.coding.code, 1, [[it is the plan type.]])
* insert Bare({path}.coding.code)
* insert Optional({path}.coding.display, 1, [[people read it; but it is that of the value set.]])
* insert Bare({path}.coding.display)
* insert Prohibited({path}.coding.userSelected, [[how the code was chosen is of no use here.]])
* {path}.coding obeys cpis-plan-type-display
* insert Prohibited({path}.text, [[free text is where a reason would be written.]])

// From when until when the plan holds; days are London days.
RuleSet: PlanPeriod(path)
* insert Required({path}, 1, [[who may see the plan on which day follows from it.]])
* insert Bare({path})
* insert Required({path}.start, 1, [[a plan is seen from its start.]])
* insert Optional({path}.end, 1, [[a plan that holds has none yet; a finished one and an unborn one must have it.]])
* insert Bare({path}.start)
* {path}.start obeys cpis-period-day
* insert Bare({path}.end)
* {path}.end obeys cpis-period-day
* {path} obeys cpis-period-order

// R4 says nearly the same (per-1). Days are London days, which FHIRPath cannot tell: this server's validator judges the rule by its own code
// under the same id, and the expression is what other validators can hold.
Invariant: cpis-period-order
Description: "A period must end on or after the day on which it starts."
Severity: #error
Expression: "end.exists() and start.exists() implies start.toString().substring(0, 10) <= end.toString().substring(0, 10)"

Invariant: cpis-period-day
Description: "A plan must start and end on a day between 1900 and 2199, written as YYYY-MM-DD. A month or a year does not decide who sees it on which day."
Severity: #error
Expression: "toString().length() >= 10 and (toString().matches('^[0-9]{4}-').not() or (toString().substring(0, 4) >= '1900' and toString().substring(0, 4) < '2200'))"

Invariant: cpis-plan-type-display
Description: "The display of a plan type must be that of its code, because it is not a place for other text. Send that display, or leave it out."
Severity: #error
Expression: "display.empty() or code.empty() or (code in ('342191000000101' | '764841000000100' | '818901000000100')).not() or (code = '342191000000101' and display = 'Subject to child protection plan') or (code = '764841000000100' and display = 'Looked after child') or (code = '818901000000100' and display = 'Unborn child subject to child protection plan')"
