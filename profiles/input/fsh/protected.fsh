// What a care setting sees of a protected plan (a family in flight), on every face. The server makes it for one answer; it is stored
// nowhere, and nothing in it leads to the plan.
Profile: CPISProtectedFlag
Parent: Flag
Id: CPIS-ProtectedFlag
Title: "CP-IS protected Flag"
Description: "In the answer to a look-up, stands for every protected plan of the child together: a protected record is held, and this is the number to phone. It shows no authority, no type, no date and no history."
* insert ProtectedMeta
* insert Prohibited(identifier, [[a plan id would name the authority.]])
* insert Required(status, 1, [[always active: whether the plan has ended is not shown.]])
* status = #active
* insert Bare(status)
* insert Required(category, 1, [[a flag of this service is a safety alert and nothing else.]])
* category = $flag-category#safety
* insert Bare(category)
* insert Required(category.coding, 1, [[one category.]])
* insert Bare(category.coding)
* insert Required(category.coding.system, 1, [[a code without its system says nothing.]])
* insert Bare(category.coding.system)
* insert Prohibited(category.coding.version, [[the code means the same in every version.]])
* insert Required(category.coding.code, 1, [[it is the category.]])
* insert Bare(category.coding.code)
* insert Optional(category.coding.display, 1, [[people read it; but it is that of the code system.]])
* insert Bare(category.coding.display)
* category.coding obeys cpis-flag-category-display
* insert Prohibited(category.coding.userSelected, [[how the code was chosen is of no use here.]])
* insert Prohibited(category.text, [[the category needs no words of its own.]])
* insert Required(code, 1, [[the sentence that a clinician reads.]])
* insert ProtectedText(code)
* insert Required(subject, 1, [[the child that was asked for.]])
* insert ChildByNumber(subject)
* insert Prohibited(period, [[no date of a protected plan is shown.]])
* insert Prohibited(encounter, [[a visit would say where the child was seen.]])
* insert Prohibited(author, [[the authority would say where the family is.]])

Profile: CPISProtectedEpisodeOfCare
Parent: EpisodeOfCare
Id: CPIS-ProtectedEpisodeOfCare
Title: "CP-IS protected EpisodeOfCare"
Description: "In the answer to a look-up for EpisodeOfCare, stands for every protected plan of the child together: a protected record is held, and this is the number to phone. It shows no authority, no type, no date and no history."
* insert ProtectedMeta
* insert Prohibited(identifier, [[a plan id would name the authority.]])
* insert Required(status, 1, [[always active: whether the plan has ended is not shown.]])
* status = #active
* insert Bare(status)
* insert Prohibited(statusHistory, [[no date of a protected plan is shown.]])
* insert Required(type, 1, [[the sentence that a clinician reads, instead of a type.]])
* insert ProtectedText(type)
* insert Prohibited(diagnosis, [[why the plan exists is case detail.]])
* insert Required(patient, 1, [[the child that was asked for.]])
* insert ChildByNumber(patient)
* insert Prohibited(managingOrganization, [[the authority would say where the family is.]])
* insert Prohibited(period, [[no date of a protected plan is shown.]])
* insert Prohibited(referralRequest, [[how the plan came about is case detail.]])
* insert Prohibited(careManager, [[who works on the case is case detail.]])
* insert Prohibited(team, [[who works on the case is case detail.]])
* insert Prohibited(account, [[who pays is not needed.]])
