using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>One entry of an upload as it was sent: its request, its fullUrl and its resource, each perhaps missing or wrong.</summary>
internal sealed class SentEntry(ISentElement element, int index)
{
    /// <summary>Where it stands among the entries, from 0.</summary>
    public int Index => index;

    /// <summary>The entry itself.</summary>
    public ISentElement Element => element;

    /// <summary>What other entries refer to it by.</summary>
    public ISentElement? FullUrl { get; } = element.Child("fullUrl");

    /// <summary>What is asked.</summary>
    public ISentElement? Request { get; } = element.Child("request");

    /// <summary>What it holds; null where it holds nothing.</summary>
    public SentRecord? Record { get; } = element.Child("resource") is { } resource ? new SentRecord(resource) : null;

    /// <summary>The entries of a Bundle, in order.</summary>
    public static IReadOnlyList<SentEntry> Of(ISentElement bundle) =>
        [.. bundle.ChildrenNamed("entry").Select((entry, index) => new SentEntry(entry, index))];

    /// <summary>True when it holds a resource of the type.</summary>
    public bool Is(RecordType type) => Record?.Type == type;
}
