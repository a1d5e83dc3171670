using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>One version of one resource as the columns of <c>resource</c> and <c>resource_version</c> that both have.</summary>
internal sealed class ResourceColumns
{
    private readonly StoredResource _resource;
    private readonly string? _identity;
    private readonly long? _child;
    private readonly ReadOnlyMemory<byte> _side;
    private readonly ReadOnlyMemory<byte> _view;
    private readonly ReadOnlyMemory<byte> _body;

    public ResourceColumns(StoredResource resource, RecordProtection protection)
    {
        _resource = resource;
        var child = resource.Child;
        _child = child is { } whose ? protection.ChildKey(whose) : null;
        _identity = resource.Identity is { } identity ? protection.IdentityKey(identity) : null;
        var place = new ResourcePlace(resource.Type, resource.Authority, resource.Id, resource.Version);
        var view = resource.SettingView;
        _side = SideOf(resource, protection);
        _view = view.IsEmpty ? view : protection.Seal(view, child, place.SettingView);
        _body = protection.Seal(resource.Body, child, place.Body(besideView: !view.IsEmpty));
    }

    /// <summary>The side values as they are stored.</summary>
    public static ReadOnlyMemory<byte> SideOf(StoredResource resource, RecordProtection protection) =>
        protection.Seal(
            SideValuesJson.Write(resource, withKeys: !protection.IsReadable),
            resource.Child,
            new ResourcePlace(resource.Type, resource.Authority, resource.Id, resource.Version).Side
        );

    /// <summary>Version, updated, authority, identity, child, side, setting_view, body: in this order.</summary>
    public Statement Bind(Statement statement) =>
        statement
            .Add(_resource.Version)
            .Add(_resource.LastUpdated.ToUnixTimeMilliseconds())
            .Add(_resource.Authority.Value)
            .Add(_identity)
            .Add(_child)
            .Add(_side.Span)
            .Add(_view.Span)
            .Add(_body.Span);
}
