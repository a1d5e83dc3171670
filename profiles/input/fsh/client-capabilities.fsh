// What a client has to do to take part, and what it may. SHALL is what a tester checks first.
RuleSet: ClientStatement(name, title, description)
* url = "https://fhir.cpis.example/CapabilityStatement/{name}"
* insert Version
* name = "{title}"
* status = #draft
* experimental = false
* date = "2026-11-24"
* publisher = "The CpIs.Fhir contributors"
* description = "{description}"
* kind = #requirements
* fhirVersion = #4.0.1
* format = #application/fhir+json
* rest.mode = #client

RuleSet: Expectation(path, level)
* {path}.extension.url = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
* {path}.extension.valueCode = #{level}

RuleSet: Asks(code, level)
* rest.resource[=].interaction[+].code = #{code}
* insert Expectation(rest.resource[=].interaction[=], {level})

RuleSet: SearchesBy(name, type, definition, level)
* insert Search({name}, {type}, {definition})
* insert Expectation(rest.resource[=].searchParam[=], {level})

Instance: cpis-authority-client
InstanceOf: CapabilityStatement
Usage: #definition
* insert ClientStatement(cpis-authority-client, CPISAuthorityClient, [[What the system of a local authority does: it uploads children and plans as transactions, subscribes to accesses of its records, and receives notifications or reads the accesses.]])
* title = "CP-IS authority client"
* rest.security.description = "OAuth 2.0 client credentials with private_key_jwt; scopes system/Patient.cruds system/EpisodeOfCare.cruds system/Flag.cruds system/Subscription.cruds system/AuditEvent.rs."
* rest.interaction.code = #transaction
* insert Expectation(rest.interaction, SHALL)
* rest.interaction.documentation = "Uploads (CPIS-Upload). The client reads the answer: CPIS-Acknowledgement when it was stored, CPIS-Outcome when nothing was. After a time-out it sends the same body with the same X-Request-ID."

* insert Resource(Patient, CPIS-Patient)
* insert Asks(read, MAY)
* insert Asks(search-type, MAY)
* insert SearchesBy(identifier, token, http://hl7.org/fhir/SearchParameter/Patient-identifier, MAY)

* insert Resource(EpisodeOfCare, CPIS-EpisodeOfCare)
* insert Asks(read, MAY)
* insert Asks(search-type, SHOULD)
* rest.resource[=].interaction[=].documentation = "To compare what the exchange holds with what the case system says."
* insert SearchesBy(identifier, token, http://hl7.org/fhir/SearchParameter/clinical-identifier, SHOULD)
* insert SearchesBy(_lastUpdated, date, http://hl7.org/fhir/SearchParameter/Resource-lastUpdated, MAY)

* insert Resource(Flag, CPIS-Flag)
* insert Asks(read, MAY)
* insert Asks(search-type, MAY)

* insert Resource(Subscription, CPIS-Subscription)
* insert Asks(create, SHOULD)
* insert Asks(read, SHOULD)
* insert Asks(update, MAY)
* rest.resource[=].interaction[=].documentation = "Status off ends it."
* rest.resource[=].operation.name = "status"
* rest.resource[=].operation.definition = "https://fhir.cpis.example/OperationDefinition/subscription-status"
* insert Expectation(rest.resource[=].operation, SHOULD)

* insert Resource(AuditEvent, CPIS-AuditEvent)
* insert Asks(read, SHOULD)
* rest.resource[=].interaction[=].documentation = "A notification with id-only names the AuditEvents to read."
* insert Asks(search-type, SHOULD)
* insert SearchesBy(date, date, http://hl7.org/fhir/SearchParameter/AuditEvent-date, SHOULD)

Instance: cpis-setting-client
InstanceOf: CapabilityStatement
Usage: #definition
* insert ClientStatement(cpis-setting-client, CPISSettingClient, [[What the system of a care setting does: it looks a child up by NHS number for a person, by the operation or by search, and shows what comes back; an answer other than 200 is shown as could not check, never as no plan.]])
* title = "CP-IS setting client"
* rest.security.description = "OAuth 2.0 client credentials with private_key_jwt and a person (claim cpis_user, or a user token); scopes user/Flag.s user/EpisodeOfCare.s user/AuditEvent.s user/Organization.r user/$missed-appointment. POST is recommended: it keeps the NHS number out of URLs and logs."

* insert Resource(Patient, CPIS-Patient)
* rest.resource[=].operation.name = "child-protection"
* rest.resource[=].operation.definition = "https://fhir.cpis.example/OperationDefinition/child-protection"
* rest.resource[=].operation.documentation = "Either this or a search of Flag."
* insert Expectation(rest.resource[=].operation, SHOULD)

* insert Resource(Flag, CPIS-Flag)
* insert Asks(search-type, SHOULD)
* rest.resource[=].searchInclude[+] = "Flag:patient"
* rest.resource[=].searchInclude[+] = "Flag:author"
* insert SearchesBy(patient, reference, http://hl7.org/fhir/SearchParameter/clinical-patient, SHALL)

* insert Resource(EpisodeOfCare, CPIS-EpisodeOfCare)
* insert Asks(search-type, MAY)
* insert SearchesBy(patient, reference, http://hl7.org/fhir/SearchParameter/clinical-patient, SHALL)

* insert Resource(AuditEvent, CPIS-AuditEvent)
* insert Asks(search-type, MAY)
* rest.resource[=].interaction[=].documentation = "The history of unscheduled accesses; asking for it is itself a look-up."
* insert SearchesBy(patient, reference, http://hl7.org/fhir/SearchParameter/AuditEvent-patient, SHALL)
