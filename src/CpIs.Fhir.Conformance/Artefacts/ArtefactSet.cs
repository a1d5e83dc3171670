using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>Artefacts to be found by type and id or by canonical. Immutable.</summary>
public sealed class ArtefactSet
{
    private readonly Dictionary<(string Type, string Id), Artefact> _byId;
    private readonly Dictionary<string, Artefact> _byUrl;

    /// <summary>A set of artefacts.</summary>
    /// <param name="artefacts">Each of its own type and id, and of its own canonical.</param>
    public ArtefactSet(IEnumerable<Artefact> artefacts)
    {
        All = [.. artefacts.OrderBy(a => a.Type, StringComparer.Ordinal).ThenBy(a => a.Id, StringComparer.Ordinal)];
        _byId = All.ToDictionary(artefact => (artefact.Type, artefact.Id));
        _byUrl = All.Where(artefact => artefact.Url is not null)
            .ToDictionary(artefact => artefact.Url!, StringComparer.Ordinal);
    }

    /// <summary>All of them, by type and id.</summary>
    public IReadOnlyList<Artefact> All { get; }

    /// <summary>What this exchange publishes.</summary>
    public static ArtefactSet Own() =>
        new(OwnDefinitions.Names().Select(name => Artefact.Of(() => OwnDefinitions.Read(name))));

    /// <summary>All of one type, by id.</summary>
    public IEnumerable<Artefact> OfType(string type) => All.Where(artefact => artefact.Type == type);

    /// <summary>The artefact of a type and id; null when there is none.</summary>
    public Artefact? Find(string type, string id) => _byId.GetValueOrDefault((type, id));

    /// <summary>The artefact of a canonical, which may end in <c>|version</c>; null when there is none, or none of that version.</summary>
    public Artefact? FindCanonical(string canonical)
    {
        var (url, version) = Canonicals.Split(canonical);
        return _byUrl.GetValueOrDefault(url) is { } found && (version is null || version == found.Version)
            ? found
            : null;
    }
}
