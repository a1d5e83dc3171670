using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Notices;

/// <summary>Authorities with one active Subscription each, and look-ups of which none has been told.</summary>
/// <param name="Endpoints">Where each authority wants to be told, one an authority.</param>
/// <param name="Events">How many look-ups, shared out evenly.</param>
internal sealed record Backlog(IReadOnlyList<Uri> Endpoints, int Events)
{
    private const int AtATime = 64;

    private IReadOnlyList<NhsNumber> Children { get; } =
    [.. Enumerable.Range(0, 1_000_000).Select(SyntheticNhsNumbers.OfStem).OfType<NhsNumber>().Take(Events)];

    /// <summary>Writes all of it, each occurrence as a server would.</summary>
    public async Task WriteAsync(IRecordStore records, IOccurrenceStore occurrences, CancellationToken cancellation)
    {
        await records.CommitAsync(
            new Commit
            {
                Registrations = [.. Endpoints.Select((_, i) => RegistrationForm.Of(AuthorityOf(i)))],
                Changes = [.. Endpoints.Select((endpoint, i) => new Change(SubscriptionOf(i, endpoint), 0))],
            },
            cancellation
        );
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Events),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
            async (i, stop) => await occurrences.RecordAsync(AccessOf(i), stop)
        );
    }

    // Another child each, so that no two are one attendance.
    private Occurrence AccessOf(int index)
    {
        var access = SampleAccess.Of(Children[index], isHit: true, inHistory: true);
        var authority = CodeOf(index % Endpoints.Count);
        ShownPlan[] shown = [access.Shown[0] with { Authority = authority }];
        return access with { Shown = shown, Obligations = [new Obligation(authority, shown)] };
    }

    private static OdsCode CodeOf(int index) => OdsCode.Parse($"XN{index:D3}");

    private static Organisation AuthorityOf(int index) =>
        new()
        {
            Code = CodeOf(index),
            Name = $"Authority {index} of the bench",
            Kind = CallerKind.Authority,
            ResourceId = $"bench-{index}",
            EmergencyDutyPhone = "01632 960001",
        };

    private static StoredResource SubscriptionOf(int index, Uri endpoint) =>
        new()
        {
            Type = RecordType.Subscription,
            Id = $"bench-{index}",
            Version = 1,
            LastUpdated = TimeProvider.System.GetUtcNow(),
            Authority = CodeOf(index),
            Body = """{"resourceType":"Subscription"}"""u8.ToArray(),
            Subscription = new SubscriptionTerms
            {
                Status = SubscriptionStatus.Active,
                Activated = true,
                Endpoint = endpoint.AbsoluteUri,
            },
        };
}
