Profile: CPISNotification
Parent: Bundle
Id: CPIS-Notification
Title: "CP-IS Notification"
Description: "What the server posts to an authority: a history Bundle whose first entry is the status of the Subscription (Parameters), followed by the accesses (AuditEvent) as far as the content level allows. The shape of the R5 Backport notification for R4."
* insert LabelledMeta
* insert BundleApartFromMeta

* insert Required(type, 1, [[the R5 Backport says so.]])
* type = #history (exactly)
* insert Required(timestamp, 1, [[when it was made, which the receiver's check of the signature compares.]])

* insert Required(entry, *, [[the status and the accesses; nothing else travels, for a plan is read from the server.]])
* insert Required(entry.fullUrl, 1, [[it is what an access is read by.]])
* insert Optional(entry.resource, 1, [[the status is always there; an access only with full-resource.]])
* insert Required(entry.request, 1, [[every entry of a history has one (bdl-3).]])
* insert BareBackbone(entry.request)
* insert Required(entry.request.method, 1, [[R4 asks for it.]])
* insert Required(entry.request.url, 1, [[R4 asks for it.]])
* insert Prohibited(entry.request.ifNoneMatch, [[the receiver does not act on it.]])
* insert Prohibited(entry.request.ifModifiedSince, [[the receiver does not act on it.]])
* insert Prohibited(entry.request.ifMatch, [[the receiver does not act on it.]])
* insert Prohibited(entry.request.ifNoneExist, [[the receiver does not act on it.]])
* insert Required(entry.response, 1, [[every entry of a history has one (bdl-4).]])
* insert BareBackbone(entry.response)
* insert Required(entry.response.status, 1, [[R4 asks for it.]])
* insert Prohibited(entry.response.location, [[the fullUrl says where.]])
* insert Prohibited(entry.response.etag, [[an AuditEvent has one version.]])
* insert Prohibited(entry.response.lastModified, [[the event says when.]])
* insert Prohibited(entry.response.outcome, [[a notification reports accesses, not failures.]])
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains status 1..1 and access 0..*
* insert Required(entry[status], 1, [[it says which Subscription and which events these are.]])
* insert Required(entry[status].resource, 1, [[it is the status.]])
* entry[status].resource only CPISNotificationStatus
* insert Optional(entry[access], *, [[with full-resource: an access as GET gives it; with id-only it is an entry without a resource.]])
* insert Required(entry[access].resource, 1, [[it is the access.]])
* entry[access].resource only CPISAuditEvent
* obeys cpis-notification-first and cpis-notification-url

Invariant: cpis-notification-first
Description: "The first entry must be Parameters, and every other resource an AuditEvent."
Severity: #error
Expression: "entry.resource.ofType(Parameters).empty() or (entry.first().resource.ofType(Parameters).exists() and entry.tail().resource.all($this is AuditEvent))"

Invariant: cpis-notification-url
Description: "A URL in a notification must not have a query part: URLs contain ids, never an NHS number."
Severity: #error
Expression: "(entry.fullUrl | entry.request.url).all(matches('[?]').not())"
