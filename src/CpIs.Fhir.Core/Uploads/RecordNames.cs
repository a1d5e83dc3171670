using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What a person calls the record of each entry: its plan id, or the authority's own id of the person; for a person without one, a plan
/// that refers to it. Never an NHS number, a name or a date of birth.
/// </summary>
internal sealed class RecordNames
{
    private const string EntryPath = "Bundle.entry[";
    private readonly string?[] _names;

    private RecordNames(string?[] names) => _names = names;

    /// <summary>The names of the records of an upload.</summary>
    public static RecordNames Of(IReadOnlyList<SentEntry> entries)
    {
        var names = new string?[entries.Count];
        var byNumber = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (
                entry.Record is { Type: RecordType.EpisodeOfCare or RecordType.Flag } record
                && Id(record.Identifier) is { } plan
            )
            {
                names[entry.Index] = $"Plan {plan}";
                if (record.ChildNumber is { } number)
                    byNumber.TryAdd(number, $"Child of plan {plan}");
            }

        foreach (var entry in entries)
            if (entry.Record is { Type: RecordType.Patient } record)
                names[entry.Index] =
                    record
                        .Resource.ChildrenNamed("identifier")
                        .Where(identifier => identifier.Text("system") != FhirSystems.NhsNumber)
                        .Select(Id)
                        .FirstOrDefault(id => id is not null)
                        is { } local
                        ? $"Person {local}"
                    : record.Identifier.Text("value") is { } number ? byNumber.GetValueOrDefault(number)
                    : null;
        return new RecordNames(names);
    }

    /// <summary>The issue, beginning with the record that it is about.</summary>
    public Issue Name(Issue issue) =>
        IndexOf(issue) is { } index
        && index < _names.Length
        && _names[index] is { } name
        // Some sentences name it themselves.
        && !issue.Diagnostics.Contains(name[(name.LastIndexOf(' ') + 1)..], StringComparison.Ordinal)
            ? issue with
            {
                Diagnostics = $"{name}: {issue.Diagnostics}",
            }
            : issue;

    /// <summary>The entry that an issue is about; null when it is about the whole.</summary>
    public static int? IndexOf(Issue issue)
    {
        if (issue.Expression is not { } place || !place.StartsWith(EntryPath, StringComparison.Ordinal))
            return null;
        var end = place.IndexOf(']', StringComparison.Ordinal);
        return end > 0 && int.TryParse(place.AsSpan(EntryPath.Length, end - EntryPath.Length), out var index)
            ? index
            : null;
    }

    /// <summary>An id that may be shown: one that keeps the rule of own ids, and holds no NHS number.</summary>
    private static string? Id(ISentElement? identifier) => ShownId(identifier.Text("value"));

    /// <inheritdoc cref="Id" />
    internal static string? ShownId(string? value) =>
        value is not null && ValueRules.OwnIdFault(value) is null && Shown.Value(value) == value ? value : null;
}
