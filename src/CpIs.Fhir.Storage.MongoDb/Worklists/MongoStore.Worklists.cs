using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Worklists;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    private static readonly BsonDocument NoticeFields = new()
    {
        { "t", 1 },
        { "open", 1 },
        { "told", 1 },
        { "taken", 1 },
    };

    private static readonly BsonDocument[] UntoldByAuthority =
    [
        // Every authority is above the empty text: said so that the index of open ones is taken.
        new(
            "$match",
            new BsonDocument
            {
                { "open", new BsonDocument("$gt", "") },
                { "left", new BsonDocument("$gt", 0) },
                TopicField.Owed,
            }
        ),
        new("$unwind", "$open"),
        new(
            "$group",
            new BsonDocument
            {
                { "_id", "$open" },
                { "count", new BsonDocument("$sum", 1) },
                { "oldest", new BsonDocument("$min", "$t") },
                { "outside", new BsonDocument("$min", TopicField.OutsideMesh("$t")) },
            }
        ),
    ];

    /// <inheritdoc />
    public async Task<IReadOnlyList<UntoldNotices>> ReadUntoldAsync(CancellationToken cancellation)
    {
        var groups = await _calls.ReadAsync(
            late =>
                _collections
                    .Occurrences.Aggregate<BsonDocument>(
                        UntoldByAuthority,
                        new AggregateOptions { MaxTime = _options.ReadTimeout },
                        late
                    )
                    .ToListAsync(late),
            cancellation
        );
        return
        [
            .. groups.Select(group => new UntoldNotices(
                OdsCode.Parse(group["_id"].AsString),
                group["count"].ToInt64(),
                group["oldest"].ToUniversalTime()
            )
            {
                OldestOutsideMesh = group.GetValue("outside", BsonNull.Value) is BsonDateTime outside
                    ? outside.ToUniversalTime()
                    : null,
            }),
        ];
    }

    /// <inheritdoc />
    public async Task<NoticePage> ReadNoticesAsync(NoticeQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = NoticeDocument.Filter(query);
        var page = query.After is { } after
            ? new BsonDocument(
                "$and",
                new BsonArray { filter, SearchFilter.Behind("t", after, after.Id, ascending: true) }
            )
            : filter;
        var found = await _calls.ReadAsync(
            late =>
                _collections
                    .Occurrences.Find(page, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument { { "t", 1 }, { "_id", 1 } })
                    .Limit(query.Count + 1)
                    .Project(NoticeFields)
                    .ToListAsync(late),
            cancellation
        );
        return NoticePage.Of([.. found.Select(o => NoticeDocument.Read(o, query.Authority))], query.Count);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Notice>> FindNoticesAsync(
        OdsCode authority,
        IReadOnlyList<string> occurrences,
        CancellationToken cancellation
    )
    {
        var found = await _calls.ReadAsync(
            late =>
                _collections
                    .Occurrences.Find(
                        NoticeDocument.Of(authority, occurrences),
                        new FindOptions { MaxTime = _options.ReadTimeout }
                    )
                    .Project(NoticeFields)
                    .ToListAsync(late),
            cancellation
        );
        return [.. found.Select(o => NoticeDocument.Read(o, authority))];
    }
}
