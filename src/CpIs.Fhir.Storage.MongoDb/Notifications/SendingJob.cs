using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// Takes one Subscription, keeps it and gives it back. Each of these writes the Subscription's document, so of two at once one begins again and
/// finds what the other has left. One that somebody has may be taken when the lease (<c>until</c>) has lapsed, whatever <c>next</c> says, which servers
/// of versions before may move.
/// </summary>
internal sealed class SendingJob(Collections collections, string subscription)
{
    /// <summary>Not held by anybody: a condition on <c>held</c>.</summary>
    public static readonly BsonDocument NotHeld = new("$ne", true);

    private readonly BsonDocument _byId = new("_id", subscription);

    /// <summary>Subscriptions that may be taken.</summary>
    public static BsonDocument Due(DateTime now) =>
        new()
        {
            { "takes", true },
            { "sends", new BsonDocument("$ne", false) },
            {
                "$or",
                new BsonArray
                {
                    new BsonDocument { { "held", NotHeld }, { "next", Until(now) } },
                    new BsonDocument
                    {
                        { "held", NotHeld },
                        { "next", EventDocument.Never },
                        { "aside", Until(now) },
                    },
                    new BsonDocument { { "held", true }, { "until", Until(now) } },
                    // By a server of the version before, which knew no "until".
                    new BsonDocument
                    {
                        { "held", true },
                        { "until", BsonNull.Value },
                        { "next", Until(now) },
                    },
                }
            },
        };

    /// <summary>When one is due; <see cref="EventDocument.Never"/> when nothing waits.</summary>
    public static DateTime DueOf(BsonDocument standing)
    {
        var next = standing["next"].ToUniversalTime();
        return standing.GetValue("held", false).AsBoolean ? standing.GetValue("until", next).ToUniversalTime()
            : next < EventDocument.Never ? next
            : standing.GetValue("aside", next).ToUniversalTime();
    }

    /// <summary>Takes it, with its first batch; null when there is nothing to send after all.</summary>
    public async Task<Kept<Delivery?>> ClaimAsync(
        ClaimTerms terms,
        long turn,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var due = Due(terms.Now.UtcDateTime);
        due.Add("_id", subscription);
        if (await collections.Subscriptions.Find(session, due).FirstOrDefaultAsync(cancellation) is not { } standing)
            return new Kept<Delivery?>(null, Keep: false);
        var hold = new Hold(standing, SendingDocument.Read(standing), standing["fence"].ToInt64() + 1);
        return await TakeAsync(hold, terms, null, turn, session, cancellation);
    }

    /// <summary>The next batch for whoever has it; without one it is free.</summary>
    public async Task<Kept<Delivery?>> ClaimNextAsync(
        Delivery held,
        SendingState state,
        ClaimTerms terms,
        SendingEnd? otherwise,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) =>
        await ReadHeldAsync(held, session, cancellation) is { } standing
            ? await TakeAsync(new Hold(standing, state, held.Fence), terms, otherwise, null, session, cancellation)
            : new Kept<Delivery?>(null, Keep: false);

    /// <summary>Given back, with or without an attempt.</summary>
    public async Task<Kept<bool>> GiveBackAsync(
        Delivery held,
        SendingEnd end,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        if (await ReadHeldAsync(held, session, cancellation) is null)
            return new Kept<bool>(false, Keep: false);
        await FreeAsync(held.Fence, end.State, end.Next.UtcDateTime, session, cancellation);
        return true;
    }

    /// <summary>Keeps how sending stands. False when whoever made the claim has the Subscription no more.</summary>
    public async Task<bool> KeepAsync(
        Delivery claim,
        SendingState state,
        DateTime taken,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var update = SendingDocument.ToUpdate(state, []);
        update.Add("$max", new BsonDocument("taken", taken));
        var kept = await collections.Subscriptions.UpdateOneAsync(
            session,
            HeldBy(claim),
            update,
            cancellationToken: cancellation
        );
        return kept.MatchedCount == 1;
    }

    /// <summary>The Subscription's document, if whoever made the claim has it still.</summary>
    private async Task<BsonDocument?> ReadHeldAsync(
        Delivery claim,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) => await collections.Subscriptions.Find(session, HeldBy(claim)).FirstOrDefaultAsync(cancellation);

    private async Task<Kept<Delivery?>> TakeAsync(
        Hold hold,
        ClaimTerms terms,
        SendingEnd? otherwise,
        long? turn,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var events = await ReadBatchAsync(hold, terms, session, cancellation);
        if (events.Count == 0)
        {
            var atRest = hold with { State = otherwise?.State ?? hold.State.AtRest() };
            var next = otherwise?.Next.UtcDateTime ?? await ReadNextAsync(atRest, terms, session, cancellation);
            await FreeAsync(hold.Fence, atRest.State, next, session, cancellation);
            return new Kept<Delivery?>(null, Keep: true);
        }

        // Others that raced with one of these join it no more.
        await collections.Events.UpdateManyAsync(
            session,
            Numbered(new BsonDocument("$in", new BsonArray(events.Select(e => e["n"])))),
            new BsonDocument("$set", new BsonDocument("f", hold.Fence)),
            cancellationToken: cancellation
        );
        var set = new BsonDocument
        {
            { "fence", hold.Fence },
            { "held", true },
            { "next", (terms.Now + terms.Lease).UtcDateTime },
            { "until", (terms.Now + terms.Lease).UtcDateTime },
        };
        if (turn is { } served)
            set.Add("claim", served);
        await collections.Subscriptions.UpdateOneAsync(
            session,
            _byId,
            SendingDocument.ToUpdate(hold.State, set),
            cancellationToken: cancellation
        );
        return new Delivery(
            subscription,
            [.. events.Select(EventDocument.Read)],
            hold.Fence,
            hold.State,
            hold.Standing["last"].ToInt64(),
            terms.Now + terms.Lease
        );
    }

    private async Task<List<BsonDocument>> ReadBatchAsync(
        Hold hold,
        ClaimTerms terms,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var most = hold.Standing["most"].AsInt32 * terms.Notices;
        var open = hold.Open(Numbered);
        open.Add("t", new BsonDocument("$lte", (terms.Now - terms.Quiet).UtcDateTime));
        var events = await ReadAsync(open, most, session, cancellation);
        return events.Count > 0 ? [.. events.Take(hold.Apart.MostFrom(events[0]["n"].ToInt64(), most))]
            : hold.Apart.DueAt(terms.Now) is { } aside ? await ReadAsync(Numbered(aside), 1, session, cancellation)
            : [];
    }

    /// <summary>When the first event that is sent with the others is no longer too new.</summary>
    private async Task<DateTime> ReadNextAsync(
        Hold hold,
        ClaimTerms terms,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) =>
        await collections
            .Events.Find(session, hold.Open(Numbered), new FindOptions { Hint = "events_claim" })
            .Sort(new BsonDocument("t", 1))
            .FirstOrDefaultAsync(cancellation)
            is { } first
            ? first["t"].ToUniversalTime() + terms.Quiet
            : EventDocument.Never;

    private async Task<List<BsonDocument>> ReadAsync(
        BsonDocument filter,
        int most,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) =>
        await collections
            // In the order of numbers and no further than the batch, however many wait.
            .Events.Find(session, filter, new FindOptions { Hint = "events_claim" })
            .Sort(new BsonDocument("n", 1))
            .Limit(most)
            .ToListAsync(cancellation);

    private Task<UpdateResult> FreeAsync(
        long fence,
        SendingState state,
        DateTime next,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var free = new BsonDocument
        {
            { "fence", fence + 1 },
            { "held", false },
            { "next", next },
        };
        var update = SendingDocument.ToUpdate(state, free);
        return collections.Subscriptions.UpdateOneAsync(session, _byId, update, cancellationToken: cancellation);
    }

    private BsonDocument HeldBy(Delivery claim) => new(_byId) { { "fence", claim.Fence }, { "held", true } };

    private static BsonDocument Until(DateTime now) => new("$lte", now);

    private BsonDocument Numbered(BsonValue numbers) =>
        new()
        {
            { "s", subscription },
            { "live", true },
            { "n", numbers },
        };

    /// <summary>A Subscription under the fence of whoever has it or is about to.</summary>
    private sealed record Hold(BsonDocument Standing, SendingState State, long Fence)
    {
        public ApartEvents Apart => State.ApartOrNone;

        /// <summary>Events that are sent with the others.</summary>
        public BsonDocument Open(Func<BsonValue, BsonDocument> numbered) =>
            numbered(new BsonDocument { { "$gt", 0 }, { "$nin", new BsonArray(Apart.Numbers) } });
    }
}
