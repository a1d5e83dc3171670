using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>A definition that is available and perhaps not read yet.</summary>
/// <param name="type">Its resource type.</param>
/// <param name="url">Canonical, without version.</param>
/// <param name="version">Business version, where it has one.</param>
/// <param name="json">Gives its JSON; may be asked more than once.</param>
internal sealed class DefinitionEntry(string type, string url, string? version, Func<ReadOnlyMemory<byte>> json)
{
    private readonly Lock _lock = new();
    private object? _model;
    private bool _isRead;

    public string Type => type;

    public string Url => url;

    public string? Version => version;

    public ReadOnlyMemory<byte> Json() => json();

    /// <summary>Its model, read when it is first asked for; null when it cannot be read.</summary>
    public T? Model<T>(Func<DefinitionEntry, FhirNode, T?> read)
        where T : class
    {
        if (Volatile.Read(ref _isRead))
            return (T?)_model;
        lock (_lock)
        {
            if (!_isRead)
            {
                _model = FhirSource.ReadJson(json()).Root is { } root ? read(this, root) : null;
                Volatile.Write(ref _isRead, true);
            }

            return (T?)_model;
        }
    }
}
