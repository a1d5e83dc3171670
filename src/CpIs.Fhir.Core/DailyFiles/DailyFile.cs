using System.Globalization;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Where a daily file is on its way.</summary>
public enum DailyFileState
{
    /// <summary>It has not arrived whole.</summary>
    Receiving,

    /// <summary>It is stored whole, and its records are worked on or wait for it.</summary>
    Waiting,

    /// <summary>Every record has its result.</summary>
    Done,

    /// <summary>Its sender cancelled it. What was stored before stays; the rest was never looked at.</summary>
    Cancelled,
}

/// <summary>What a daily file says of records that are not in it.</summary>
public enum DailyFileMode
{
    /// <summary>Nothing: it holds what changed.</summary>
    Delta,

    /// <summary>That they are over: it holds all that the authority has. They are told, and nothing ends by itself.</summary>
    Full,
}

/// <summary>A part of a file as it arrived: one request.</summary>
/// <param name="Batch">Under which its slices are kept; another for each try, so that two at once never mix.</param>
/// <param name="Hash">SHA-256 of the body, in base64.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Slices">In how many slices they are kept.</param>
public sealed record DailyFilePart(
    [property: JsonPropertyName("b")] string Batch,
    [property: JsonPropertyName("h")] string Hash,
    [property: JsonPropertyName("n")] int Records,
    [property: JsonPropertyName("s")] int Slices
);

/// <summary>Who works on a file.</summary>
/// <param name="Server">The server.</param>
/// <param name="Until">When another may take it.</param>
public sealed record DailyFileLease(
    [property: JsonPropertyName("s")] string Server,
    [property: JsonPropertyName("u")] DateTimeOffset Until
);

/// <summary>
/// A daily file as the store keeps it: what was said of it, which parts arrived, and how far its records are. The records themselves are in
/// slices next to it until they are done, their results for 30 days.
/// </summary>
public sealed record DailyFile
{
    /// <summary>Days for which a file and its results are kept.</summary>
    public const int KeptDays = 30;

    /// <summary>Most parts of one file.</summary>
    public const int MostParts = 1_000;

    /// <summary>The authority that sent it.</summary>
    [JsonPropertyName("a")]
    public required string Authority { get; init; }

    /// <summary>The authority's number of the file: one number, one content.</summary>
    [JsonPropertyName("q")]
    public required long Sequence { get; init; }

    /// <summary>When the data was taken from the register.</summary>
    [JsonPropertyName("m")]
    public required DateTimeOffset Made { get; init; }

    /// <summary>How often the authority had restarted its stamps (<see cref="Organisation.StampEpoch"/>).</summary>
    [JsonPropertyName("e")]
    public int Epoch { get; init; }

    /// <summary>What it says of records that are not in it.</summary>
    [JsonPropertyName("f")]
    public DailyFileMode Mode { get; init; }

    /// <summary>How many parts it has.</summary>
    [JsonPropertyName("pn")]
    public int PartCount { get; init; } = 1;

    /// <summary>The parts that have arrived, by number from 1.</summary>
    [JsonPropertyName("p")]
    public IReadOnlyDictionary<int, DailyFilePart> Parts { get; init; } = new Dictionary<int, DailyFilePart>();

    /// <summary>Where it is on its way.</summary>
    [JsonPropertyName("st")]
    public DailyFileState State { get; init; }

    /// <summary>Goes up by 1 with every change of this document; what is replaced must have the one before.</summary>
    [JsonPropertyName("v")]
    public int Revision { get; init; } = 1;

    /// <summary>When it began to arrive.</summary>
    [JsonPropertyName("tr")]
    public required DateTimeOffset Received { get; init; }

    /// <summary>When a slice of it was last worked on; null before.</summary>
    [JsonPropertyName("ts")]
    public DateTimeOffset? Served { get; init; }

    /// <summary>When its last record was done, or it was cancelled.</summary>
    [JsonPropertyName("te")]
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Slices that are done.</summary>
    [JsonPropertyName("d")]
    public int SlicesDone { get; init; }

    /// <summary>What became of the records so far.</summary>
    [JsonPropertyName("c")]
    public DailyFileCounts Counts { get; init; } = new();

    /// <summary>Who works on it now; null for nobody.</summary>
    [JsonPropertyName("l")]
    public DailyFileLease? Lease { get; init; }

    /// <summary>The client that sent it.</summary>
    [JsonPropertyName("ci")]
    public required string ClientId { get; init; }

    /// <summary>Name of the authority at that time.</summary>
    [JsonPropertyName("on")]
    public required string OrganisationName { get; init; }

    /// <summary>Who sent it, where the token named a person.</summary>
    [JsonPropertyName("pe")]
    public Person? Person { get; init; }

    /// <summary>The request that sent it, or its first part.</summary>
    [JsonPropertyName("ri")]
    public required string RequestId { get; init; }

    /// <summary>For the audit.</summary>
    [JsonPropertyName("co")]
    public string? CorrelationId { get; init; }

    /// <summary>FHIR base under which the sender reaches us; null where there is none.</summary>
    [JsonPropertyName("fb")]
    public string? FhirBase { get; init; }

    /// <summary>How it compares with what is held; null for one that holds what changed alone, and before its records are done.</summary>
    [JsonPropertyName("rc")]
    public Reconciliation? Reconciliation { get; init; }

    /// <summary>The ending of what it leaves out; null where nobody asked for it.</summary>
    [JsonPropertyName("em")]
    public MissingEnding? Ending { get; init; }

    /// <summary>Id of the occurrence that tells how it ended; given at once, so that it is told once.</summary>
    [JsonPropertyName("oi")]
    public required string OccurrenceId { get; init; }

    /// <summary>By which the file is known: authority and number. A FHIR id.</summary>
    [JsonIgnore]
    public string Id => IdOf(Authority, Sequence);

    /// <summary>True where some server is to work on it.</summary>
    [JsonIgnore]
    public bool Waits => State == DailyFileState.Waiting || Ending is { Ended: null };

    /// <summary>Under which the slices of its reconciliation are kept, and what became of each plan that was missing.</summary>
    [JsonIgnore]
    public string ReportId => ReportIdOf(Id);

    /// <summary>The stamp of its records.</summary>
    [JsonIgnore]
    public UploadStamp Stamp => new(Made, Sequence, Epoch);

    /// <summary>How many records the parts that have arrived hold.</summary>
    [JsonIgnore]
    public int Records => Parts.Values.Sum(part => part.Records);

    /// <summary>In how many slices they are kept.</summary>
    [JsonIgnore]
    public int Slices => Parts.Values.Sum(part => part.Slices);

    /// <summary>By which a file is known.</summary>
    public static string IdOf(string authority, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{authority}-{sequence}");

    /// <summary><see cref="ReportId"/> of a file. What is kept under it goes when the file goes.</summary>
    public static string ReportIdOf(string fileId) => fileId + "/report";

    /// <summary>Which slice of which part is the next to work on; null when all are done.</summary>
    internal (string Batch, int Number)? NextSlice()
    {
        var before = 0;
        foreach (var (_, part) in Parts.OrderBy(part => part.Key))
        {
            if (SlicesDone < before + part.Slices)
                return (part.Batch, SlicesDone - before);
            before += part.Slices;
        }

        return null;
    }

    /// <summary>How many records come before those of a part.</summary>
    internal int RecordsBefore(string batch) =>
        Parts.OrderBy(part => part.Key).TakeWhile(part => part.Value.Batch != batch).Sum(part => part.Value.Records);
}
