using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Worklists;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// Occurrences of a copy as documents, with their obligations as far as these have come. One of which no Subscription has an
/// event is still to do; one of which some have is found by those that lack theirs, which are all behind.
/// </summary>
internal static class IncomingOccurrences
{
    public static BsonDocument Write(PortableOccurrence record, RecordProtection protection)
    {
        var document = OccurrenceDocument.Write(record.Occurrence, protection);
        if (record.Obligations.Count == 0)
            return document;
        var open = record.Obligations.Where(o => o.Settled is null).ToList();
        var untouched = open.Where(o => o.NumberedOn.Count == 0).ToList();
        Set(document, "open", "left", open, authority => authority);
        Set(document, "todo", "todos", untouched, authority => TopicField.ToDo(authority, TopicField.Of(document)));
        var numbered = new BsonArray(open.SelectMany(o => o.NumberedOn).Distinct());
        if (numbered.Count > 0)
            document.Add("num", numbered);
        var told = new BsonArray(
            record
                .Obligations.Where(o => o.Settled is not null)
                .Select(o => new BsonDocument { { "a", o.Authority.Value }, { "t", o.Settled!.Value.UtcDateTime } })
        );
        if (told.Count > 0)
            document.Add("told", told);
        var taken = new BsonArray(
            record
                .Obligations.Where(o => o.Taken is not null)
                .Select(o => NoticeDocument.Taken(o.Authority, o.Taken!.Value, o.TakenBy!))
        );
        return taken.Count > 0 ? document.Add("taken", taken) : document;
    }

    private static void Set(
        BsonDocument document,
        string authorities,
        string count,
        List<PortableObligation> obligations,
        Func<string, string> name
    )
    {
        document[authorities] = new BsonArray(obligations.Select(o => name(o.Authority.Value)));
        document[count] = obligations.Count;
    }
}
