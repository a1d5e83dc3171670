using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>A row of <c>resource</c> or <c>resource_version</c> as a <see cref="StoredResource"/>.</summary>
internal static class ResourceRow
{
    /// <summary>What <see cref="Read"/> expects, in its order, of a current resource <c>r</c>.</summary>
    public const string Columns =
        "r.type, r.id, r.version, r.updated, r.authority, r.identity, r.child, r.side, r.setting_view, r.body";

    /// <summary>The same of an old version <c>v</c> of a resource <c>r</c>.</summary>
    public const string VersionColumns =
        "r.type, r.id, v.version, v.updated, v.authority, v.identity, v.child, v.side, v.setting_view, v.body";

    public static StoredResource Read(Statement row, RecordProtection protection)
    {
        var resource = new StoredResource
        {
            Type = (RecordType)row.Int(0),
            Id = row.Text(1),
            Version = row.Int(2),
            LastUpdated = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(3)),
            Authority = OdsCode.Parse(row.Text(4)),
            // Where these are hashes, the side values bring what they stand for.
            Identity = protection.IsReadable ? row.TextOrNull(5) : null,
            Child = protection.IsReadable ? ToChild(row.LongOrNull(6)) : null,
            Body = default,
        };
        var place = new ResourcePlace(resource.Type, resource.Authority, resource.Id, resource.Version);
        var view = row.Blob(8).ToArray();
        return SideValuesJson.AddTo(
            resource with
            {
                SettingView = view.Length == 0 ? view : protection.Open(view, place.SettingView),
                Body = protection.Open(row.Blob(9).ToArray(), place.Body(view.Length > 0)),
            },
            protection.Open(row.Blob(7).ToArray(), place.Side).Span
        );
    }

    public static List<StoredResource> ReadAll(Statement rows, RecordProtection protection)
    {
        var resources = new List<StoredResource>();
        while (rows.Step())
            resources.Add(Read(rows, protection));
        return resources;
    }

    private static NhsNumber? ToChild(long? child) =>
        child is { } number ? NhsNumber.Parse(number.ToString("D10", CultureInfo.InvariantCulture)) : null;
}
