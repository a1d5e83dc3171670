using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Numbers;

/// <summary>
/// An NHS number that is no longer in use. It is marked by a resource next to the child's records, so that whoever reads these reads the mark with
/// them: a look-up costs no further step, and shows what it shows where nothing is held (promises 8 and 10). The mark never leaves the server.
/// </summary>
public static class InactiveNumber
{
    /// <summary>The child was adopted: what it is called now must never be linked with what it was called.</summary>
    public const string Adoption = "adoption";

    /// <summary>Why a number may be retired. Death is not among them: a notice of death hides nothing (design.md, "Numbers").</summary>
    public static IReadOnlyList<string> Reasons { get; } = [Adoption, "duplicate", "error"];

    /// <summary><see cref="Occurrence.Interaction"/> of a number that was retired; the word by which an authority is told.</summary>
    public const string Retired = "number-retired";

    /// <summary><see cref="Occurrence.Interaction"/> of a number that was restored; the word by which an authority is told.</summary>
    public const string Restored = "number-restored";

    private const string System = FhirSystems.Own + "/CodeSystem/occurrence";

    /// <summary>What makes the mark of a number the one that it has.</summary>
    public static string Identity(NhsNumber number) => $"number|{number.Digits}";

    /// <summary>True when what is held of a child holds the mark: then nothing of the child is shown.</summary>
    public static bool IsMarked(IEnumerable<StoredResource> held)
    {
        foreach (var resource in held)
            if (IsMark(resource))
                return true;
        return false;
    }

    /// <summary>True for a mark that is in force.</summary>
    public static bool IsMark(StoredResource? resource) =>
        resource is { Type: RecordType.InactiveNumber, IsDeleted: false };

    /// <summary>Why the number was retired.</summary>
    public static string ReasonOf(StoredResource mark)
    {
        using var json = JsonDocument.Parse(mark.Body);
        return json.RootElement.GetProperty("code").GetProperty("coding")[1].GetProperty("code").GetString()!;
    }

    /// <summary>The mark of a number that is being retired.</summary>
    /// <param name="number">The number.</param>
    /// <param name="reason">One of <see cref="Reasons"/>.</param>
    /// <param name="before">The mark that it had before it was restored, or null.</param>
    /// <param name="owner">The operator's organisation.</param>
    /// <param name="id">Id of a new mark.</param>
    /// <param name="now">When, to the millisecond.</param>
    public static StoredResource Mark(
        NhsNumber number,
        string reason,
        StoredResource? before,
        OdsCode owner,
        string id,
        DateTimeOffset now
    )
    {
        var version = (before?.Version ?? 0) + 1;
        return new StoredResource
        {
            Type = RecordType.InactiveNumber,
            Id = before?.Id ?? id,
            Version = version,
            LastUpdated = now,
            // A resource never changes its owner.
            Authority = before?.Authority ?? owner,
            Identity = Identity(number),
            Child = number,
            Body = JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, object>
                {
                    ["id"] = before?.Id ?? id,
                    ["code"] = new { coding = new[] { Coding(Retired), Coding(reason) } },
                    ["created"] = now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                }
            ),
        };

        static object Coding(string code) => new { system = System, code };
    }

    /// <summary>The same mark, no longer in force.</summary>
    public static StoredResource Unmark(StoredResource mark, DateTimeOffset now) =>
        (mark with { Version = mark.Version + 1, LastUpdated = now }).AsDeleted();

    /// <summary>One obligation for each authority that holds a plan under the number: one that was not withdrawn, visible or not.</summary>
    public static IReadOnlyList<Obligation> Obligations(IReadOnlyList<StoredResource> held) =>
        [
            .. held.Where(episode =>
                    episode
                        is {
                            Type: RecordType.EpisodeOfCare,
                            IsDeleted: false,
                            Plan: { Status: not PlanStatus.Withdrawn }
                        }
                )
                .GroupBy(episode => episode.Authority)
                .OrderBy(own => own.Key)
                .Select(own => new Obligation(own.Key, [.. own.Select(episode => PlanOf(episode, held))])),
        ];

    private static ShownPlan PlanOf(StoredResource episode, IReadOnlyList<StoredResource> held)
    {
        var flag = held.First(r => r.Type == RecordType.Flag && r.Plan?.EpisodeId == episode.Id);
        return new ShownPlan(episode.Authority, episode.Plan!.Type, episode.Id, episode.Version, flag.Id, flag.Version);
    }
}
