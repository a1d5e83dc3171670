using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// A Patient, EpisodeOfCare or Flag as it was sent: the elements that agree with those of other entries, under the names that
/// they have in common. An EpisodeOfCare calls the child <c>patient</c> and its kind <c>type</c>, a Flag <c>subject</c> and <c>code</c>.
/// </summary>
internal sealed class SentRecord(ISentElement resource)
{
    private readonly bool _isFlag = resource.ResourceType == "Flag";

    /// <summary>The resource.</summary>
    public ISentElement Resource => resource;

    /// <summary>Its type; null for one that no upload holds.</summary>
    public RecordType? Type { get; } = EntryUrl.TypeOf(resource.ResourceType);

    /// <summary>Name of the element that names the child.</summary>
    public string ChildName => _isFlag ? "subject" : "patient";

    /// <summary>Name of the element that says which kind of plan it is.</summary>
    public string KindName => _isFlag ? "code" : "type";

    /// <summary>Name of the element that names the authority.</summary>
    public string AuthorityName => _isFlag ? "author" : "managingOrganization";

    /// <summary>The NHS number of a Patient, the plan id of the others; null where there is none.</summary>
    public ISentElement? Identifier =>
        Type == RecordType.Patient ? IdentifierOf(FhirSystems.NhsNumber) : resource.Child("identifier");

    /// <summary>The child that a plan is about.</summary>
    public ISentElement? Child => resource.Child(ChildName);

    /// <summary>The NHS number in the reference to the child.</summary>
    public string? ChildNumber => Child.Text("identifier", "value");

    /// <summary>ODS code of the authority.</summary>
    public ISentElement? Authority => resource.At(AuthorityName, "identifier", "value");

    /// <summary>Code of the kind of plan.</summary>
    public string? Kind => resource.Text(KindName, "coding", "code");

    /// <summary>The reference of a Flag to its EpisodeOfCare.</summary>
    public ISentElement? Detail => resource.At("extension", "valueReference", "reference");

    /// <summary>True where the label came that marks the plan of a family in flight. Where it did not come, nothing follows.</summary>
    public bool IsProtected =>
        resource
            .Child("meta")
            ?.ChildrenNamed("security")
            .Any(label =>
                label.Text("system") == FhirSystems.Confidentiality && label.Text("code") == NotForPatient.ProtectedCode
            ) == true;

    /// <summary>What makes it the one of its kind: system and value of its identifier; null where one is missing.</summary>
    public (string System, string Value)? Key =>
        Identifier.Text("system") is { } system && Identifier.Text("value") is { } value ? (system, value) : null;

    /// <summary>The identifier of that system; null when there is none.</summary>
    public ISentElement? IdentifierOf(string system) =>
        resource.ChildrenNamed("identifier").FirstOrDefault(each => each.Text("system") == system);

    /// <summary>Where the plan stands; null where no status of a plan or Flag is there.</summary>
    public PlanStatus? Status =>
        (_isFlag, resource.Text("status")) switch
        {
            (_, "active") => PlanStatus.Active,
            (false, "finished") or (true, "inactive") => PlanStatus.Finished,
            (_, "entered-in-error") => PlanStatus.Withdrawn,
            _ => null,
        };

    /// <summary>The day of a period in London; null where there is none that can be read.</summary>
    public PlanDay? Day(string end) => resource.Text("period", end) is { } text ? PlanDay.Parse(text) : null;
}
