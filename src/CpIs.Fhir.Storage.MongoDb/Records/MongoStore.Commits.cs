using System.Collections.Concurrent;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Records;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    private readonly ConcurrentDictionary<string, bool> _knownOwners = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var job = new CommitJob(commit, _collections, _protection, Now);
        await AddOwnersAsync(commit, cancellation);
        return await _transactions.RunAsync(job.WriteAsync, cancellation, () => FindOutAsync(job.Id));
    }

    /// <summary>
    /// Whether a commit came to be, when nobody said so: its mark is written once more, outside. Either the mark is there
    /// already, then it was committed; or it can be written, and then the transaction, should it still lie somewhere, meets it
    /// and can never be committed. Nothing is guessed.
    /// </summary>
    private Task<bool> FindOutAsync(string commitId) =>
        _calls.WriteAsync(
            async (again, late) =>
            {
                var fence = new BsonDocument
                {
                    { "_id", commitId },
                    { "at", Now },
                    { "void", true },
                };
                try
                {
                    await _collections.Commits.InsertOneAsync(fence, cancellationToken: late);
                    return false;
                }
                catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
                {
                    var mark = await _collections
                        .Commits.Find(new BsonDocument("_id", commitId))
                        .FirstOrDefaultAsync(late);
                    if (mark is null)
                        // There for its writer, and not yet for a majority.
                        throw new TimeoutException();
                    return !mark.Contains("void");
                }
            },
            CancellationToken.None
        );

    /// <summary>Before the transaction: two that both add the same owner would else be in each other's way.</summary>
    private async Task AddOwnersAsync(Commit commit, CancellationToken cancellation)
    {
        foreach (
            var (type, authority) in commit.Changes.Select(c => (c.Resource.Type, c.Resource.Authority)).Distinct()
        )
        {
            var id = OwnerDocument.IdOf(type, authority);
            if (_knownOwners.ContainsKey(id))
                continue;
            await _calls.WriteAsync(
                (_, late) =>
                    _collections.Owners.BulkWriteAsync(
                        [OwnerDocument.ToUpsert(type, authority)],
                        cancellationToken: late
                    ),
                cancellation
            );
            _knownOwners.TryAdd(id, true);
        }
    }
}
