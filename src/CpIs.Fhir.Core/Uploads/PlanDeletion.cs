using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// DELETE of an EpisodeOfCare or a Flag: withdraws their plan, and deletes both in one commit. A read of either is 410 from then on and no
/// search finds them; their history stays, and so does the use of their plan id. See docs/adr/0042.
/// </summary>
public sealed class PlanDeletion(
    TransactionUpload uploads,
    IdempotentWrite writes,
    IRecordStore store,
    IOrganisationDirectory organisations
)
{
    private const int MostTries = 3;

    /// <summary>204 with an OperationOutcome for who wants one, also where it was deleted before; or why nothing was deleted.</summary>
    /// <param name="write">Which, by id or identifier; its upload has no body.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<IdempotentAnswer>> ExecuteAsync(SingleWrite write, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(write);
        var upload = write.Upload with
        {
            IsSingle = true,
            Deletes = true,
            Needs = [("EpisodeOfCare", "d"), ("Flag", "d")],
        };
        return TransactionUpload.Admit(upload) is { } refused
            ? refused
            : await writes
                .RunAsync(upload.Request, token => PrepareAsync(write with { Upload = upload }, token), cancellation)
                .ConfigureAwait(false);
    }

    private async Task<Result<PreparedWrite>> PrepareAsync(SingleWrite write, CancellationToken cancellation)
    {
        if (write.RefuseStranger("identifier") is { } stranger)
            return stranger;
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await FindAsync(write, cancellation).ConfigureAwait(false) is not { } held)
                return Refusal.Unknown($"This {write.Type}");
            if (write.IfMatch is { } version && version != held.Version)
                return Refusal.Stale(version, held.Version);
            if (held.IsDeleted)
                return Done(write, [], $"{held.Type}/{held.Id} was deleted before.");
            var parts = (await store.ReadChildAsync(held.Child!.Value, cancellation).ConfigureAwait(false))
                .Where(part => part.Authority == held.Authority && part.Plan?.EpisodeId == held.Plan!.EpisodeId)
                .ToDictionary(part => part.Type);
            // Otherwise somebody wrote it between the two reads.
            if (parts.Count == 2 && parts[held.Type].Version == held.Version)
                return Delete(write, parts[RecordType.EpisodeOfCare], parts[RecordType.Flag]);
        }

        return Refusal.Changing();
    }

    private async Task<StoredResource?> FindAsync(SingleWrite write, CancellationToken cancellation)
    {
        var own = new OwnRecords(store, write.Upload.Caller.Organisation);
        return write.Id is { } id ? await own.ByIdAsync(write.Type, id, cancellation).ConfigureAwait(false)
            : write.Identifier is { } identifier
                ? await own.ByIdentifierAsync(write.Type, identifier, cancellation).ConfigureAwait(false)
            : null;
    }

    private PreparedWrite Delete(SingleWrite write, StoredResource episode, StoredResource flag)
    {
        var own = organisations.Current.Find(write.Upload.Caller.Organisation);
        var now = uploads.Now();
        var stamp = Turns.After(episode, new UploadStamp(now, Epoch: own?.StampEpoch ?? 0));
        using var writer = new ResourceWriter(episode.Authority, own?.ResourceId);
        var gone = new PlanWithdrawal(episode.Authority, own?.ResourceId, stamp, now, writer)
            .Of(episode, flag, UploadEffect.Deleted, resource => resource.AsDeleted())
            .ToList();
        return Done(
            write,
            gone,
            $"The plan is withdrawn: EpisodeOfCare/{episode.Id} and Flag/{flag.Id} are deleted. Its plan id cannot be used again."
        );
    }

    private PreparedWrite Done(SingleWrite write, IReadOnlyList<UploadedResource> gone, string said) =>
        new(
            new Commit
            {
                Changes = [.. gone.Select(resource => resource.Change!)],
                Occurrence = uploads.OccurrenceOf(write.Upload, gone),
            },
            204,
            OperationOutcomeWriter.ToBytes([new Issue("informational", said, Severity: "information")]),
            null
        );
}
