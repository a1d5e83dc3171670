using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.DailyFiles;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Registrations;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.MongoDb.Worklists;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>
/// One commit, written in one transaction in bulk: what a Bundle of 300 entries costs is a dozen commands, not a thousand.
/// Each part that meets a precondition that does not hold ends the whole.
/// </summary>
internal sealed class CommitJob
{
    private readonly Commit _commit;
    private readonly Collections _collections;
    private readonly RecordProtection _protection;
    private readonly DateTime _now;
    private readonly List<BsonDocument> _created;
    private readonly Dictionary<string, (BsonDocument Document, Change Change)> _replaced;
    private readonly Dictionary<string, (BsonBinaryData Side, Confirmation Confirmation)> _confirmed;
    private readonly Dictionary<string, int> _removed;
    private readonly List<(string Id, SubscriptionStanding Standing)> _subscriptions;
    private readonly BsonDocument? _occurrence;

    /// <exception cref="ArgumentException">A resource twice, or a version that does not follow the one expected: a bug of the caller.</exception>
    public CommitJob(Commit commit, Collections collections, RecordProtection protection, DateTime now)
    {
        commit.CheckEachOnce();
        if (commit.Changes.Any(c => c.Resource.Version != c.ExpectedVersion + 1))
            throw new ArgumentException(
                "The version of a change must follow the version that it expects.",
                nameof(commit)
            );
        (_commit, _collections, _protection, _now) = (commit, collections, protection, now);
        // Made ready once, however often the transaction has to be tried.
        _created =
        [
            .. commit
                .Changes.Where(c => c.ExpectedVersion == 0)
                .Select(c => ResourceDocument.Write(c.Resource, protection)),
        ];
        _replaced = commit
            .Changes.Where(c => c.ExpectedVersion > 0)
            .ToDictionary(
                c => ResourceDocument.IdOf(c.Resource.Type, c.Resource.Id),
                c => (ResourceDocument.Write(c.Resource, protection), c),
                StringComparer.Ordinal
            );
        _confirmed = commit.Confirmations.ToDictionary(
            c => ResourceDocument.IdOf(c.Resource.Type, c.Resource.Id),
            c => (ResourceDocument.SideOf(c.Resource, protection), c),
            StringComparer.Ordinal
        );
        _removed = commit.Removals.ToDictionary(
            r => ResourceDocument.IdOf(r.Type, r.Id),
            r => r.ExpectedVersion,
            StringComparer.Ordinal
        );
        _subscriptions =
        [
            .. commit
                .Changes.Where(c => c.Resource is { Type: RecordType.Subscription, Subscription: not null })
                .Select(c => (c.Resource.Id, SubscriptionStanding.Of(c.Resource))),
        ];
        _occurrence = commit.Occurrence is { } occurrence ? OccurrenceDocument.Write(occurrence, protection) : null;
    }

    /// <summary>Names the commit, so that an unknown outcome can be found out.</summary>
    public string Id { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>Writes everything; nothing is kept unless the outcome is <see cref="CommitOutcome.Committed"/>.</summary>
    public async Task<Kept<CommitOutcome>> WriteAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        if (!await TryAnswerAsync(session, cancellation) || !await TryTellAsync(session, cancellation))
            return Undo(CommitOutcome.AlreadyAnswered);
        var kept =
            await TryRegisterAsync(session, cancellation)
            && await TryReplaceAsync(session, cancellation)
            && await TryCreateAsync(session, cancellation);
        if (!kept)
            return Undo(CommitOutcome.Conflict);
        foreach (var (id, standing) in _subscriptions)
            await standing.SaveAsync(_collections, session, id, cancellation);
        if (_occurrence is not null)
            await AddOccurrenceAsync(session, cancellation);
        if (
            _commit.Taken is { } taken
            && !await new TakingJob(_collections, taken).TryWriteAsync(session, cancellation)
        )
            return Undo(CommitOutcome.Conflict);
        await _collections.Commits.InsertOneAsync(
            session,
            new BsonDocument { { "_id", Id }, { "at", _now } },
            cancellationToken: cancellation
        );
        return CommitOutcome.Committed;
    }

    private static Kept<CommitOutcome> Undo(CommitOutcome outcome) => new(outcome, Keep: false);

    /// <summary>False when an unexpired answer is there; an expired one is replaced.</summary>
    private async Task<bool> TryAnswerAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        if (_commit.Answer is not { } answer)
            return true;
        var document = AnswerDocument.Write(answer, _protection);
        var filter = new BsonDocument { { "_id", document["_id"] }, { "exp", new BsonDocument("$lte", _now) } };
        return await TryAsync(() =>
            _collections.Answers.ReplaceOneAsync(
                session,
                filter,
                document,
                new ReplaceOptions { IsUpsert = true },
                cancellation
            )
        );
    }

    /// <summary>False when the record has its result.</summary>
    private async Task<bool> TryTellAsync(IClientSessionHandle session, CancellationToken cancellation) =>
        _commit.Result is not { } result
        || await TryInsertAsync(
            _collections.DailyResults,
            session,
            [DailyFileDocument.Write(result, _protection)],
            cancellation
        );

    private async Task<bool> TryRegisterAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        if (_commit.Registrations.Count == 0 && _commit.RegistrationStamp is null)
            return true;
        var stamp = await RegistrationDocument.TryStampAsync(_collections.Meta, session, _commit, cancellation);
        if (stamp && _commit.Registrations.Count > 0)
            await _collections.Registrations.BulkWriteAsync(
                session,
                _commit.Registrations.Select(r => RegistrationDocument.ToReplacement(r, _protection)),
                cancellationToken: cancellation
            );
        return stamp;
    }

    /// <summary>New identities first: it is they that others race for.</summary>
    private async Task<bool> TryCreateAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        if (_created.Count == 0)
            return true;
        var claims = _created.Where(d => d.Contains("i")).Select(ClaimDocument.Of).ToList();
        return (claims.Count == 0 || await TryInsertAsync(_collections.Claims, session, claims, cancellation))
            && await TryInsertAsync(_collections.Resources, session, _created, cancellation);
    }

    private async Task<bool> TryReplaceAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        string[] ids = [.. _replaced.Keys, .. _confirmed.Keys, .. _removed.Keys];
        if (ids.Length == 0)
            return true;
        var current = await _collections
            .Resources.Find(session, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids))))
            .ToListAsync(cancellation);
        if (current.Count != ids.Length || !current.All(IsAsExpected))
            return false;
        foreach (var document in current)
            if (
                _replaced.TryGetValue(document["_id"].AsString, out var change)
                && change.Document["a"] != document["a"]
            )
                throw new InvalidOperationException("A resource never changes its owner.");
        return await TryMoveClaimsAsync(session, current, cancellation)
            && await TryReplaceAsync(session, current, cancellation);
    }

    private async Task<bool> TryReplaceAsync(
        IClientSessionHandle session,
        List<BsonDocument> current,
        CancellationToken cancellation
    )
    {
        var old = current
            .Where(d => _replaced.ContainsKey(d["_id"].AsString))
            .Select(ResourceDocument.ToOldVersion)
            .ToList();
        if (old.Count > 0 && !await TryInsertAsync(_collections.Versions, session, old, cancellation))
            return false;
        var writes = current.Select(Write).ToList();
        var done = await _collections.Resources.BulkWriteAsync(session, writes, cancellationToken: cancellation);
        if (_removed.Count > 0)
            await _collections.Versions.DeleteManyAsync(
                session,
                new BsonDocument("r", new BsonDocument("$in", new BsonArray(_removed.Keys))),
                cancellationToken: cancellation
            );
        return done.MatchedCount == _replaced.Count + _confirmed.Count && done.DeletedCount == _removed.Count;
    }

    /// <summary>
    /// A write upon what was read: the version and, where the stamp counts, the side values to the byte, which hold it.
    /// </summary>
    private WriteModel<BsonDocument> Write(BsonDocument current)
    {
        var id = current["_id"].AsString;
        var filter = new BsonDocument { { "_id", id }, { "v", current["v"] } };
        if (_removed.ContainsKey(id))
            return new DeleteOneModel<BsonDocument>(filter);
        filter.Add("s", current["s"]);
        return _replaced.TryGetValue(id, out var replaced)
            ? new ReplaceOneModel<BsonDocument>(filter, replaced.Document)
            : new UpdateOneModel<BsonDocument>(
                filter,
                new BsonDocument("$set", new BsonDocument("s", _confirmed[id].Side))
            );
    }

    /// <summary>Gives up the identities that are no longer wanted, then takes the new ones.</summary>
    private async Task<bool> TryMoveClaimsAsync(
        IClientSessionHandle session,
        List<BsonDocument> current,
        CancellationToken cancellation
    )
    {
        var given = new List<BsonDocument>();
        var taken = new List<BsonDocument>();
        foreach (var document in current)
        {
            if (_confirmed.ContainsKey(document["_id"].AsString))
                continue;
            var next = _replaced.TryGetValue(document["_id"].AsString, out var change) ? change.Document : null;
            if (document.GetValue("i", BsonNull.Value) == (next?.GetValue("i", BsonNull.Value) ?? BsonNull.Value))
                continue;
            if (document.Contains("i"))
                given.Add(ClaimDocument.Of(document));
            if (next?.Contains("i") == true)
                taken.Add(ClaimDocument.Of(next));
        }

        if (given.Count > 0)
            await _collections.Claims.DeleteManyAsync(
                session,
                new BsonDocument("_id", new BsonDocument("$in", new BsonArray(given.Select(c => c["_id"])))),
                cancellationToken: cancellation
            );
        return taken.Count == 0 || await TryInsertAsync(_collections.Claims, session, taken, cancellation);
    }

    /// <summary>
    /// One of the same id that is already there stands, with its obligations. Looked for and then added, because an upsert on a
    /// sharded collection wants the shard key, and an upload is about no child.
    /// </summary>
    private async Task AddOccurrenceAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var same = new BsonDocument("_id", _occurrence!["_id"]);
        if (await _collections.Occurrences.Find(session, same).Limit(1).AnyAsync(cancellation))
            return;
        if (!await TryAsync(() => _collections.Occurrences.InsertOneAsync(session, _occurrence, null, cancellation)))
            throw new RepeatTransactionException();
    }

    private bool IsAsExpected(BsonDocument current)
    {
        var id = current["_id"].AsString;
        if (_removed.TryGetValue(id, out var version))
            return current["v"].AsInt32 == version;
        var (expected, stamp) = _replaced.TryGetValue(id, out var replaced)
            ? (replaced.Change.ExpectedVersion, replaced.Change.ExpectedStamp)
            : (_confirmed[id].Confirmation.Resource.Version, _confirmed[id].Confirmation.ExpectedStamp);
        return current["v"].AsInt32 == expected && ResourceDocument.StampOf(current, _protection) == stamp;
    }

    private static Task<bool> TryInsertAsync(
        IMongoCollection<BsonDocument> collection,
        IClientSessionHandle session,
        List<BsonDocument> documents,
        CancellationToken cancellation
    ) => TryAsync(() => collection.InsertManyAsync(session, documents, cancellationToken: cancellation));

    private static async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (MongoException failure) when (StoreFailure.IsDuplicate(failure))
        {
            return false;
        }
    }
}
