using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Where the values of one version of one resource lie, for their seal: put next to another resource, version or owner,
/// they do not open.
/// </summary>
/// <param name="Type">The resource type.</param>
/// <param name="Authority">Its owner.</param>
/// <param name="Id">Its id.</param>
/// <param name="Version">Which version.</param>
public readonly record struct ResourcePlace(RecordType Type, OdsCode Authority, string Id, int Version)
{
    /// <summary>Of the side values.</summary>
    public string Side => Part("side");

    /// <summary>Of the setting's view.</summary>
    public string SettingView => Part("setting_view");

    /// <summary>The body says whether a setting has a view of its own: were that emptied, settings would be shown the body.</summary>
    public string Body(bool besideView) => Part(besideView ? "body, not for settings" : "body");

    private string Part(string part) => $"resource/{Type}/{Authority}/{Id}/{Version}/{part}";
}
