using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>What is said of a daily file that is sent, or of a part of it.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Sequence">Its number of the file, from 1.</param>
/// <param name="Made">When the data was taken from its register.</param>
public sealed record DailyFileSent(Caller Caller, long Sequence, DateTimeOffset Made)
{
    /// <summary>What it says of records that are not in it.</summary>
    public DailyFileMode Mode { get; init; }

    /// <summary>How many records the whole file has, where its sender says; a file that was cut off is known by it.</summary>
    public int? Count { get; init; }

    /// <summary>Which part this is, from 1.</summary>
    public int Part { get; init; } = 1;

    /// <summary>How many parts the file has.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Most records of the whole; more are refused.</summary>
    public int MostRecords { get; init; } = MostOfAll;

    /// <summary>The request.</summary>
    public required string RequestId { get; init; }

    /// <summary>For the audit.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>FHIR base under which the caller reaches us, without trailing slash.</summary>
    public string? FhirBase { get; init; }

    /// <summary>Most records of any file.</summary>
    public const int MostOfAll = 1_000_000;

    /// <summary>The document that a store keeps.</summary>
    internal DailyFile ToFile(int epoch, string occurrenceId, DateTimeOffset now) =>
        new()
        {
            Authority = Caller.Organisation.Value,
            Sequence = Sequence,
            Made = Made.ToUniversalTime(),
            Epoch = epoch,
            Mode = Mode,
            PartCount = Parts,
            Received = now,
            ClientId = Caller.ClientId,
            OrganisationName = Caller.OrganisationName,
            Person = Caller.Person,
            RequestId = RequestId,
            CorrelationId = CorrelationId,
            FhirBase = FhirBase,
            OccurrenceId = occurrenceId,
        };
}
