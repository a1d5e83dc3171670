using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>
/// Where the values of one version of one resource lie, for their seal: put beside another resource, version or owner,
/// they do not open.
/// </summary>
internal readonly record struct ResourcePlace(RecordType Type, OdsCode Authority, string Id, int Version)
{
    public string Side => Part("side");

    public string SettingView => Part("setting_view");

    /// <summary>The body tells whether a setting has a view of its own: were that emptied, settings would be shown the body.</summary>
    public string Body(bool besideView) => Part(besideView ? "body, not for settings" : "body");

    private string Part(string part) => $"resource/{Type}/{Authority}/{Id}/{Version}/{part}";
}
