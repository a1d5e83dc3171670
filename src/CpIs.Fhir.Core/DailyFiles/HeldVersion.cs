using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>What a reconciliation saw of a plan: it ends this, and nothing that came later.</summary>
/// <param name="Id">Id of its EpisodeOfCare.</param>
/// <param name="Version">Its version.</param>
/// <param name="Stamp">Its stamp; null for one from before stamps.</param>
internal sealed record HeldVersion(string Id, int Version, UploadStamp? Stamp)
{
    /// <summary>The rule that only what is unchanged since the report is ended.</summary>
    public const string Rule = "cpis-missing-changed";

    /// <summary>True where it is held still, and no upload has confirmed it since.</summary>
    public bool Is(StoredResource? now) => now is not null && (now.Id, now.Version, now.Stamp) == (Id, Version, Stamp);

    /// <summary>Why nothing is done.</summary>
    public static Refusal Refuse(StoredResource? now) =>
        Refusal.Because(
            RefusalKind.Conflict,
            new Issue(
                "conflict",
                now is null
                    ? "This plan is no longer held. Nothing was changed."
                    : "This plan was sent again or changed after the report, so it was left as it is. If it is over, send its end.",
                "Bundle.entry[0].resource",
                SpineCodes.InvalidUpdate,
                Rule: Rule
            )
        );
}
