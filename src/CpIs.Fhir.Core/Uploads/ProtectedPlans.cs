using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Protects all plans that an authority holds of one child (a family in flight), or ends that: the operations
/// <c>Patient/{id}/$protect</c> and <c>$unprotect</c>. An upload sets the mark too; nothing but this removes it. See docs/adr/0058.
/// </summary>
public sealed class ProtectedPlans(
    TransactionUpload uploads,
    IdempotentWrite writes,
    IRecordStore store,
    IOrganisationDirectory organisations,
    UploadOptions options
)
{
    /// <summary>Rule: a mark needs a phone that answers can name.</summary>
    internal const string NeedsPhone = "cpis-protected-phone";

    /// <summary>What is told where there is none.</summary>
    internal const string NoPhone =
        "This exchange cannot protect a plan yet: it has no phone to name instead of the authority. Ask its operator to set the option Protected:Phone, then send this again. Until then leave the mark out only if the plan may be shown.";

    private const int MostTries = 3;

    /// <summary>200 with an OperationOutcome that says what was done, or why nothing was.</summary>
    /// <param name="change">Who asks for what.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<IdempotentAnswer>> ExecuteAsync(ProtectionChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RefuseCaller(change) is { } refused
            ? refused
            : await writes
                .RunAsync(change.Request, token => PrepareAsync(change, token), cancellation)
                .ConfigureAwait(false);
    }

    /// <summary>Who protects a child at night must not look for a lead first; who ends it must be one.</summary>
    private static Refusal? RefuseCaller(ProtectionChange change) =>
        change.Protects
            ? Activities
                .WhoActs(change.Caller, "protect a child", Activities.Lead, Activities.Worker, Activities.Duty)
                .Refusal
            : Activities.WhoActs(change.Caller, "end the protection of a child", Activities.Lead).Refusal;

    private async Task<Result<PreparedWrite>> PrepareAsync(ProtectionChange change, CancellationToken cancellation)
    {
        if (change.Protects && !options.TakesProtectedMarks)
            return Refused(NoPhone, NeedsPhone);
        var own = new OwnRecords(store, change.Caller.Organisation);
        if (
            await own.ByIdAsync(RecordType.Patient, change.PatientId, cancellation).ConfigureAwait(false)
            is not { Child: { } child }
        )
            return Refusal.Unknown("This Patient");
        for (var tries = 0; tries < MostTries; tries++)
        {
            var held = (await store.ReadChildAsync(child, cancellation).ConfigureAwait(false))
                .Where(part => part.Authority == change.Caller.Organisation && part.Plan is not null)
                .ToLookup(part => part.Plan!.EpisodeId);
            if (held.Count == 0)
                return Refused(
                    "You hold no plan of this child. Send the plan with the protected mark.",
                    "cpis-protected-without-plan"
                );
            // Otherwise somebody wrote one of them between two parts of the read.
            if (held.All(parts => parts.Count() == 2))
                return Prepare(change, child, [.. held]);
        }

        return Refusal.Changing();
    }

    private PreparedWrite Prepare(
        ProtectionChange change,
        NhsNumber child,
        IReadOnlyList<IGrouping<string, StoredResource>> held
    )
    {
        using var writer = new ResourceWriter(
            change.Caller.Organisation,
            organisations.Current.Find(change.Caller.Organisation)?.ResourceId
        );
        var mark = new PlanMark(uploads.Now(), writer);
        var changed = held.Where(parts => parts.Any(part => part.Plan!.IsProtected != change.Protects))
            .SelectMany(parts =>
                mark.Set(
                    parts.Single(part => part.Type == RecordType.EpisodeOfCare),
                    parts.Single(part => part.Type == RecordType.Flag),
                    change.Protects,
                    UploadEffect.Updated
                )
            )
            .ToList();
        return new PreparedWrite(
            new Commit
            {
                Changes = [.. changed.Select(resource => resource.Change!)],
                Occurrence = OccurrenceOf(change, child),
            },
            200,
            OperationOutcomeWriter.ToBytes([
                new Issue("informational", Said(change, changed.Count / 2), Severity: "information"),
            ]),
            null
        );
    }

    private Occurrence OccurrenceOf(ProtectionChange change, NhsNumber child) =>
        uploads.OccurrenceOf(
            new Upload(change.Caller, change.Request, change.CorrelationId, ReadOnlyMemory<byte>.Empty),
            []
        ) with
        {
            Kind = OccurrenceKind.Administration,
            Interaction = $"Patient/${change.Operation}",
            Child = child,
            Reason = change.Reason,
        };

    private static string Said(ProtectionChange change, int plans) =>
        (change.Protects, plans) switch
        {
            (true, 0) => "This child is protected already. Nothing was changed.",
            (true, _) =>
                $"Protected: {Plans(plans)}. Others see only that a protected record is held, and the exchange's phone.",
            (false, 0) => "No plan of this child is protected. Nothing was changed.",
            _ =>
                $"No longer protected: {Plans(plans)}. Others see them as ever. Your case system must not send the mark any more, or its next upload protects them again.",
        };

    private static string Plans(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "plan" : "plans")}");

    private static Refusal Refused(string text, string rule) =>
        Refusal.Because(
            RefusalKind.Rule,
            new Issue("business-rule", text, null, SpineCodes.ValidationError, Rule: rule)
        );
}
