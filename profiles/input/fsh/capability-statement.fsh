// What a server of this project must do. The running server makes /metadata from its own table; a test compares the two,
// so a line here is a promise. One RuleSet call per line keeps it easy to mend.
RuleSet: SubscriptionOperation(name)
* rest.resource[=].operation[+].name = "{name}"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/subscription-{name}"

RuleSet: Resource(type, profile)
* rest.resource[+].type = #{type}
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/{profile}"

RuleSet: Interaction(code)
* rest.resource[=].interaction[+].code = #{code}

// Each version is kept; the server gives ids; a read may be conditional.
RuleSet: Versioned
* rest.resource[=].versioning = #versioned
* rest.resource[=].updateCreate = false
* rest.resource[=].conditionalRead = #full-support

// Alone or in a transaction, by id or by the authority's own identifier.
RuleSet: Written
* insert Interaction(create)
* insert Interaction(update)
* rest.resource[=].conditionalCreate = true
* rest.resource[=].conditionalUpdate = true

// Both of a plan go together.
RuleSet: Deleted
* insert Interaction(delete)
* rest.resource[=].conditionalDelete = #single

RuleSet: Search(name, type, definition)
* rest.resource[=].searchParam[+].name = "{name}"
* rest.resource[=].searchParam[=].type = #{type}
* rest.resource[=].searchParam[=].definition = "{definition}"

RuleSet: Published(type)
* rest.resource[+].type = #{type}
* insert Interaction(read)
* insert Interaction(search-type)
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)

RuleSet: OffersTopic(code)
* rest.resource[=].extension[+].url = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical"
* rest.resource[=].extension[=].valueCanonical = "https://fhir.cpis.example/SubscriptionTopic/{code}"

RuleSet: Validate
* rest.resource[=].operation[+].name = "validate"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/validate"

Instance: cpis-server
InstanceOf: CapabilityStatement
Usage: #definition
* url = "https://fhir.cpis.example/CapabilityStatement/cpis-server"
* insert Version
* name = "CPISServer"
* title = "CP-IS server"
* status = #draft
* experimental = false
* date = "2026-11-24"
* publisher = "The CpIs.Fhir contributors"
* description = "What a CP-IS server does: it takes uploads from authorities, answers look-ups of settings, and tells authorities of accesses."
* kind = #requirements
* instantiates = "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/backport-subscription-server-r4"
* fhirVersion = #4.0.1
* format[0] = #application/fhir+json
* format[1] = #application/fhir+xml
* rest.mode = #server
* rest.interaction.code = #transaction

* insert Resource(Patient, CPIS-Patient)
* insert Interaction(read)
* insert Interaction(vread)
* insert Interaction(history-instance)
* insert Written
* insert Interaction(search-type)
* insert Versioned
* rest.resource[=].searchRevInclude[+] = "EpisodeOfCare:patient"
* rest.resource[=].searchRevInclude[+] = "Flag:patient"
* rest.resource[=].searchRevInclude[+] = "Flag:subject"
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(identifier, token, http://hl7.org/fhir/SearchParameter/Patient-identifier)
* insert Search(family, string, http://hl7.org/fhir/SearchParameter/individual-family)
* insert Search(given, string, http://hl7.org/fhir/SearchParameter/individual-given)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/Patient-name)
* insert Search(birthdate, date, http://hl7.org/fhir/SearchParameter/individual-birthdate)
* rest.resource[=].operation[+].name = "child-protection"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/child-protection"
* rest.resource[=].operation[+].name = "missed-appointment"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/patient-missed-appointment"
* rest.resource[=].operation[+].name = "protect"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/protect"
* rest.resource[=].operation[+].name = "unprotect"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/unprotect"
* insert Validate

* insert Resource(EpisodeOfCare, CPIS-EpisodeOfCare)
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-ProtectedEpisodeOfCare"
* insert Interaction(read)
* insert Interaction(vread)
* insert Interaction(history-instance)
* insert Written
* insert Deleted
* insert Interaction(search-type)
* insert Versioned
* rest.resource[=].searchInclude[+] = "EpisodeOfCare:patient"
* rest.resource[=].searchInclude[+] = "EpisodeOfCare:organization"
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(identifier, token, http://hl7.org/fhir/SearchParameter/clinical-identifier)
* insert Search(patient, reference, http://hl7.org/fhir/SearchParameter/clinical-patient)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/EpisodeOfCare-status)
* insert Search(type, token, http://hl7.org/fhir/SearchParameter/clinical-type)
* insert Search(date, date, http://hl7.org/fhir/SearchParameter/clinical-date)
* insert Search(organization, reference, http://hl7.org/fhir/SearchParameter/EpisodeOfCare-organization)
* insert Validate

* insert Resource(Flag, CPIS-Flag)
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-ProtectedFlag"
* insert Interaction(read)
* insert Interaction(vread)
* insert Interaction(history-instance)
* insert Written
* insert Deleted
* insert Interaction(search-type)
* insert Versioned
* rest.resource[=].searchInclude[+] = "Flag:patient"
* rest.resource[=].searchInclude[+] = "Flag:subject"
* rest.resource[=].searchInclude[+] = "Flag:author"
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(identifier, token, http://hl7.org/fhir/SearchParameter/Flag-identifier)
* insert Search(patient, reference, http://hl7.org/fhir/SearchParameter/clinical-patient)
* insert Search(subject, reference, http://hl7.org/fhir/SearchParameter/Flag-subject)
* insert Search(author, reference, http://hl7.org/fhir/SearchParameter/Flag-author)
* insert Search(status, token, https://fhir.cpis.example/SearchParameter/Flag-status)
* insert Search(code, token, https://fhir.cpis.example/SearchParameter/Flag-code)
* insert Search(date, date, http://hl7.org/fhir/SearchParameter/clinical-date)
* insert Validate

* insert Resource(Organization, CPIS-Authority)
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-Setting"
* insert Interaction(read)
* insert Interaction(vread)
* insert Interaction(history-instance)
* insert Interaction(search-type)
* insert Versioned
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(identifier, token, http://hl7.org/fhir/SearchParameter/Organization-identifier)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/Organization-name)
* insert Validate

* insert Resource(AuditEvent, CPIS-AuditEvent)
* insert Interaction(read)
* insert Interaction(search-type)
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(patient, reference, http://hl7.org/fhir/SearchParameter/AuditEvent-patient)
* insert Search(date, date, http://hl7.org/fhir/SearchParameter/AuditEvent-date)
* insert Search(agent, reference, http://hl7.org/fhir/SearchParameter/AuditEvent-agent)
* insert Search(entity, reference, http://hl7.org/fhir/SearchParameter/AuditEvent-entity)
* insert Search(outcome, token, http://hl7.org/fhir/SearchParameter/AuditEvent-outcome)
* insert Validate

* insert Resource(Subscription, CPIS-Subscription)
* rest.resource[=].supportedProfile[+] = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription"
* insert OffersTopic(record-accessed)
* insert OffersTopic(missed-appointment)
* insert OffersTopic(nhs-number-inactive)
* insert OffersTopic(upload-processed)
* insert Interaction(read)
* insert Interaction(vread)
* insert Interaction(history-instance)
* insert Interaction(create)
* insert Interaction(update)
* insert Interaction(delete)
* insert Interaction(search-type)
* insert Versioned
* insert Search(_id, token, http://hl7.org/fhir/SearchParameter/Resource-id)
* insert Search(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/Subscription-url)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/Subscription-status)
* insert Search(criteria, string, http://hl7.org/fhir/SearchParameter/Subscription-criteria)
* insert Search(payload, token, http://hl7.org/fhir/SearchParameter/Subscription-payload)
* rest.resource[=].operation[+].name = "status"
* rest.resource[=].operation[=].definition = "https://fhir.cpis.example/OperationDefinition/subscription-status"
* insert SubscriptionOperation(events)
* insert SubscriptionOperation(acknowledge)
* insert SubscriptionOperation(attempts)
* insert SubscriptionOperation(test)
* insert SubscriptionOperation(resend)
* insert Validate

// What travels and is not kept: testers validate it here.
* insert Resource(Bundle, CPIS-Upload)
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-Acknowledgement"
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-Notification"
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-DailyFile"
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-DailyRecord"
* insert Validate

* insert Resource(Parameters, CPIS-NotificationStatus)
* rest.resource[=].supportedProfile[+] = "https://fhir.cpis.example/StructureDefinition/CPIS-DailyFileResponse"
* insert Validate

* insert Resource(OperationOutcome, CPIS-Outcome)
* insert Validate

// The profiles and what belongs to them: anyone reads them.
* insert Published(StructureDefinition)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(type, uri, http://hl7.org/fhir/SearchParameter/StructureDefinition-type)
* insert Search(base, reference, http://hl7.org/fhir/SearchParameter/StructureDefinition-base)
* insert Search(derivation, token, http://hl7.org/fhir/SearchParameter/StructureDefinition-derivation)
* insert Search(kind, token, http://hl7.org/fhir/SearchParameter/StructureDefinition-kind)

* insert Published(ValueSet)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(reference, uri, http://hl7.org/fhir/SearchParameter/ValueSet-reference)
* insert Search(code, token, http://hl7.org/fhir/SearchParameter/ValueSet-code)

* insert Published(CodeSystem)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(system, uri, http://hl7.org/fhir/SearchParameter/CodeSystem-system)
* insert Search(code, token, http://hl7.org/fhir/SearchParameter/CodeSystem-code)
* insert Search(content-mode, token, http://hl7.org/fhir/SearchParameter/CodeSystem-content-mode)

* insert Published(SearchParameter)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(base, token, http://hl7.org/fhir/SearchParameter/SearchParameter-base)
* insert Search(code, token, http://hl7.org/fhir/SearchParameter/SearchParameter-code)
* insert Search(type, token, http://hl7.org/fhir/SearchParameter/SearchParameter-type)

* insert Published(OperationDefinition)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(code, token, http://hl7.org/fhir/SearchParameter/OperationDefinition-code)
* insert Search(kind, token, http://hl7.org/fhir/SearchParameter/OperationDefinition-kind)

* insert Published(CapabilityStatement)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)

* insert Published(ImplementationGuide)
* insert Search(url, uri, http://hl7.org/fhir/SearchParameter/conformance-url)
* insert Search(version, token, http://hl7.org/fhir/SearchParameter/conformance-version)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(title, string, http://hl7.org/fhir/SearchParameter/conformance-title)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)

// The topic, as the R5 Backport carries it in R4.
* insert Published(Basic)
* insert Search(code, token, http://hl7.org/fhir/SearchParameter/Basic-code)

* insert Published(NamingSystem)
* insert Search(name, string, http://hl7.org/fhir/SearchParameter/conformance-name)
* insert Search(status, token, http://hl7.org/fhir/SearchParameter/conformance-status)
* insert Search(kind, token, http://hl7.org/fhir/SearchParameter/NamingSystem-kind)
* insert Search(value, string, http://hl7.org/fhir/SearchParameter/NamingSystem-value)

// Of the whole server.
* rest.operation[+].name = "upload"
* rest.operation[=].definition = "https://fhir.cpis.example/OperationDefinition/upload"
* rest.operation[+].name = "worklist"
* rest.operation[=].definition = "https://fhir.cpis.example/OperationDefinition/worklist"
* rest.operation[+].name = "quality"
* rest.operation[=].definition = "https://fhir.cpis.example/OperationDefinition/quality"
* rest.operation[+].name = "acknowledge"
* rest.operation[=].definition = "https://fhir.cpis.example/OperationDefinition/acknowledge"
