using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A child as its authority knows it. Every value is as the rules of an upload want it.</summary>
/// <param name="Number">NHS number; for an unborn plan the mother's.</param>
/// <param name="LocalId">The authority's own person id, or null.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">Given names, at least one.</param>
/// <param name="BirthDate">Date of birth.</param>
/// <param name="Plans">Its plans, each with a plan id of its own.</param>
public sealed record KnownChild(
    NhsNumber Number,
    string? LocalId,
    string Family,
    IReadOnlyList<string> Given,
    DateOnly BirthDate,
    IReadOnlyList<KnownPlan> Plans
);

/// <summary>A plan as its authority knows it.</summary>
/// <param name="PlanId">The authority's plan id.</param>
/// <param name="Type">Which of the three.</param>
/// <param name="Status">Active or finished.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day, or the expected date of delivery.</param>
public sealed record KnownPlan(string PlanId, PlanType Type, PlanStatus Status, DateOnly Start, DateOnly? End);

/// <summary>
/// What the first upload of a child would store, without a Bundle and without a store: for filling one faster than by HTTP. It
/// goes the way of <see cref="TransactionUpload"/> from where the content is understood; the rules before that are not asked.
/// Not for use by several threads.
/// </summary>
/// <param name="authority">Who uploads.</param>
/// <param name="organizationId">Id of its Organization, or null where it is not shown as one.</param>
public sealed class FirstUpload(OdsCode authority, string? organizationId) : IDisposable
{
    private readonly ResourceWriter _writer = new(authority, organizationId);
    private readonly UploadSnapshot _nothing = UploadSnapshot.OfNothing(authority);

    /// <summary>Patient, then EpisodeOfCare and Flag of each plan; all of version 1.</summary>
    /// <param name="child">The child.</param>
    /// <param name="at">When, in UTC, to the millisecond.</param>
    /// <param name="newId">Gives an id for each, in this order.</param>
    public IReadOnlyList<StoredResource> ResourcesOf(KnownChild child, DateTimeOffset at, Func<string> newId)
    {
        ArgumentNullException.ThrowIfNull(child);
        var context = new UploadContext(authority, organizationId, LondonCalendar.DayOf(at), MaximumDaysAhead: 0);
        var resolution = new UploadResolution(
            context,
            new UploadTime(new UploadStamp(at), IsSent: true),
            _nothing,
            newId,
            at,
            _writer
        );
        return resolution.Resolve(Entries(child)).IsRefused(out var refusal, out var resolved)
            ? throw new ArgumentException(refusal.Issues[0].Diagnostics, nameof(child))
            : [.. resolved.Resources.Values.Select(uploaded => uploaded.Resource)];
    }

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private static IEnumerable<UploadEntry> Entries(KnownChild child)
    {
        var patient = Entry(RecordType.Patient) with
        {
            Patient = new PatientContent(child.Number, child.LocalId, child.Family, child.Given, child.BirthDate),
        };
        yield return patient;
        foreach (var plan in child.Plans)
            yield return Entry(RecordType.EpisodeOfCare) with
            {
                Plan = new PlanContent(
                    plan.PlanId,
                    plan.Type,
                    plan.Status,
                    child.Number,
                    DayOf(plan.Start),
                    plan.End is { } end ? DayOf(end) : null
                ),
            };
    }

    private static UploadEntry Entry(RecordType type)
    {
        var place = new Place("Bundle.entry", new Findings());
        return new UploadEntry
        {
            Place = place,
            Request = place,
            FullUrl = null,
            Type = type,
            Id = null,
            IfMatch = null,
        };
    }

    private static PlanDay DayOf(DateOnly day) => new(day.ToString("O"), day);
}
